"""Registry rule ``static``: nothing is called by a computed name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Problem, Selector, Subject
from archwright.facts import ir
from archwright.facts.folding import fold
from archwright.facts.walk import walk_own
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.calls.places import is_partial
from archwright.project.code import Scope, calls_in
from archwright.project.effects.catalogue import HAND_OFF, HAND_OFF_MEMBERS
from archwright.project.render import render
from archwright.project.shapes.arguments import bind
from archwright.project.types.values import (
    ClassValue,
    ExternalValue,
    FunctionValue,
    ModuleValue,
    external_names,
)
from archwright.verifiers.bodies import short_name
from archwright.verifiers.registry.registry import RegistryContract
from archwright.verifiers.tally import Tally

_GETTERS = frozenset({"builtins.getattr", "inspect.getattr_static"})
_PICKERS = frozenset({*_GETTERS, "operator.attrgetter", "operator.methodcaller"})
_MAKERS = frozenset(
    {"builtins.__import__", "importlib.import_module", "importlib.__import__", "pkgutil.resolve_name"}
)
_RUNNERS = frozenset({"builtins.eval", "builtins.exec"})
_TABLES = frozenset({"builtins.globals", "builtins.locals", "builtins.vars"})
_CALLERS = HAND_OFF | {"builtins.map", "builtins.filter", "functools.partial", "threading.Thread"}
_WORDS = ("getattr", "attrgetter", "methodcaller", "__import__", "import_module", "eval", "exec", "globals", "locals",
          "vars", "getattr_static", "__getattribute__", "resolve_name", "modules", "__dict__")  # fmt: skip
_DEPTH = 4
_Asked = tuple[str, str, tuple[tuple[str, ir.Expr], ...], int, bool]
"""Module and name of a function, the constants it is given, how much deeper to look, and whether an attribute is meant."""
_COMPUTED = "the name of what it calls is computed"
_TABLE = "what it calls is picked from a table of names"


class StaticContract(RegistryContract, frozen=True, kw_only=True):
    """Nothing in the units is called by a name that is computed, nor handed to something that calls it."""

    units: Annotated[Selector, Meta(description="say in which modules every call must be written out")]

    def problems(self) -> Iterator[Problem]:
        """``within`` says nothing here."""
        if self.within is not None:
            yield Problem(self.within.origin, '"within" has no meaning here', 'use "units"')


def check_static(contract: StaticContract, analysis: Analysis) -> CheckResult:
    """Judges every module of the units."""
    tally = Tally(contract)
    returned: dict[_Asked, str] = {}
    for module in analysis.project.modules:
        summary = analysis.project.summary(module)
        subject = Subject(module=module, unit=analysis.project.unit(module))
        if not summary.has_code or not contract.units.matches(subject):
            continue  # nothing is called where there is no code
        foul = False
        if any(summary.mentions(word) for word in _WORDS):
            for scope in analysis.inference.index(module).executed():
                for call in calls_in(scope):
                    foul = _judge(call, scope, analysis, tally, returned) or foul
        if not foul:
            tally.passed()
    return tally.result()


def _judge(
    call: ir.Call, scope: Scope, analysis: Analysis, tally: Tally, returned: dict[_Asked, str]
) -> bool:
    reader = _Reader(scope, analysis, returned)
    what = reader.called(call) or reader.handed_on(call)
    if what:
        name = scope.qualified.split("#")[0]
        message = f"`{short_name(name)}` calls `{render(call.func)}`: {what}"
        at = analysis.project.at(scope.module, call.at)
        tally.failed("computed-call", (name, render(call.func)), message, at)
    return bool(what)


class _Reader:
    """Tells what is written out from what is computed, as one body of code sees it."""

    def __init__(
        self,
        scope: Scope,
        analysis: Analysis,
        returned: dict[_Asked, str],
        given: Mapping[str, ir.Expr] | None = None,
        depth: int = _DEPTH,
    ) -> None:
        """*returned*: what is known of functions already; *given*: the constants that parameters of the body hold."""
        self._scope = scope
        self._analysis = analysis
        self._known = returned
        self._given = given or {}
        self._depth = depth
        self._tried: set[tuple[str, bool]] = set()
        """The names followed for what is asked, and whether an attribute of them was meant: none leads anywhere twice."""
        self._entered: set[int] = set()
        """Tables that are being followed, by the ``id`` of the expression: one can be made of itself."""

    def called(self, call: ir.Call) -> str:
        """Why what *call* calls cannot be read off the code; empty when it can."""
        if self._names(call) & _RUNNERS:
            return "code made at run time"
        return self._picked(call.func, is_member=False)

    def handed_on(self, call: ir.Call) -> str:
        """The same of what is given to a call that calls it in turn."""
        for position, arg in enumerate(call.args):
            self._tried.clear()
            value = self._origin(arg.value)
            if isinstance(value, ir.Call) and "operator.methodcaller" in self._names(value):
                if self._picks(value, is_member=False):
                    return _COMPUTED
            elif self._picked(value, is_member=False) and self._is_called_by(call, position, arg.keyword):
                return _COMPUTED
        return ""

    # --- what is picked ---

    def _picked(self, expr: ir.Expr | None, *, is_member: bool) -> str:
        """Why *expr* is something found by a computed name; *is_member*: an attribute of it, written out, is meant."""
        if isinstance(expr, ir.Name) and (several := self._several(expr.id, is_member=is_member)):
            self._tried.add((expr.id, is_member))
            found = [self._picked(value, is_member=is_member) for value in several]
            return next(filter(None, found), "")
        origin = self._origin(expr)
        if isinstance(origin, ir.IfExp | ir.BoolOp):
            parts = (
                (origin.body, origin.orelse) if isinstance(origin, ir.IfExp) else (origin.left, origin.right)
            )
            found = [self._picked(part, is_member=is_member) for part in parts]
            return next(filter(None, found), "")
        seen: set[int] = set()  # ``node = node.next``
        while isinstance(origin, ir.Attr) and id(origin) not in seen:
            is_member = True
            seen.add(id(origin))
            origin = self._origin(origin.value)
        if isinstance(origin, ir.Subscript):
            return self._from_table(origin, is_member=is_member)
        return self._picks(origin, is_member=is_member) if isinstance(origin, ir.Call) else ""

    def _from_table(self, picked: ir.Subscript, *, is_member: bool) -> str:
        if all(self._is_constant(key) for key in picked.index):
            return ""
        table = self._origin(picked.value)
        if isinstance(table, ir.Call) and self._names(table) & _TABLES:
            is_object = bool(table.args) and not self._holds_code(table.args[0].value)
            return "" if is_member and is_object else _TABLE
        if isinstance(table, ir.Attr):
            if table.name == "__dict__":
                return "" if is_member and not self._holds_code(table.value) else _TABLE
            return _TABLE if "sys.modules" in self._names_of(table) else ""
        if isinstance(table, ir.Comp) and id(table) not in self._entered:
            self._entered.add(id(table))
            what = self._picked(table.value or table.elt, is_member=is_member)
            self._entered.discard(id(table))
            return what
        return ""

    def _picks(self, call: ir.Call, *, is_member: bool) -> str:
        """Why *call* gives something by a computed name."""
        func = self._origin(call.func)
        if isinstance(func, ir.Attr) and func.name == "__getattribute__":
            return _COMPUTED if call.args and not self._is_constant(call.args[-1].value) else ""
        if isinstance(func, ir.Call) and is_partial(func):
            call = ir.Call(func.args[0].value, (*func.args[1:], *call.args), call.at)
        names = self._names(call)
        if "functools.reduce" in names and call.args:
            return _COMPUTED if self._names_of(call.args[0].value) & _GETTERS else ""
        position = 1 if names & _GETTERS else 0
        if not names & (_PICKERS | _MAKERS):
            return self._returned(call, is_member=is_member)
        if len(call.args) <= position or self._is_constant(call.args[position].value):
            return ""
        if is_member and not names & _MAKERS and not self._holds_code(call.args[0].value):
            return ""  # a method, written out, of a value that is picked by name
        return _COMPUTED

    def _returned(self, call: ir.Call, *, is_member: bool) -> str:
        """The same of what a function of this code base returns."""
        if not self._depth:
            return ""
        for value in self._analysis.inference.callees(call, self._scope):
            scope = self._analysis.inference.scope(value) if isinstance(value, FunctionValue) else None
            if scope is None:
                continue
            params = scope.params[1:] if isinstance(value, FunctionValue) and value.bound else scope.params
            told = {n: v for n, v in bind(call, params).by_name.items() if self._is_constant(v)}
            asked = (scope.module, scope.qualname, tuple(told.items()), self._depth - 1, is_member)
            what = self._known.get(asked)
            if what is None:
                what = self._known[asked] = self._returned_by(scope, told, is_member=is_member)
            if what:
                return what
        return ""

    def _returned_by(self, scope: Scope, told: Mapping[str, ir.Expr], *, is_member: bool) -> str:
        """The same of what the function *scope* returns when it is *told* these constants."""
        inner = _Reader(scope, self._analysis, self._known, told, self._depth - 1)
        for node in walk_own(scope.body):
            if isinstance(node, ir.Return) and (what := inner._picked(node.value, is_member=is_member)):
                return what
        return ""

    # --- who calls it ---

    def _is_called_by(self, call: ir.Call, position: int, keyword: str | None) -> bool:
        """Whether what is called calls its argument."""
        if self._names(call) & _CALLERS:
            return True
        if isinstance(call.func, ir.Attr) and call.func.name in HAND_OFF_MEMBERS:
            return True
        for value in self._analysis.inference.callees(call, self._scope):
            scope = self._analysis.inference.scope(value) if isinstance(value, FunctionValue) else None
            if scope is not None and isinstance(value, FunctionValue):
                params = [p.name for p in scope.params if p.kind in ("posonly", "arg", "kwonly")]
                params = params[1:] if value.bound else params
                name = keyword or (params[position] if position < len(params) else "")
                if any(c.func == ir.Name(name) for c in calls_in(scope)):
                    return True
        return False

    # --- small things ---

    def _origin(self, expr: ir.Expr | None) -> ir.Expr | None:
        """What a name was given, where that is one thing."""
        for _ in range(_DEPTH):
            given = self._bound(expr.id) if isinstance(expr, ir.Name) else None
            if given is None:
                break
            expr = given
        return expr.value if isinstance(expr, ir.Walrus) else expr

    def _bound(self, name: str) -> ir.Expr | None:
        if name in self._given:
            return self._given[name]
        current: Scope | None = self._scope
        while current is not None:
            if name in current.names.bound:
                return current.names.only(name)
            current = current.parent
        return None

    def _several(self, name: str, *, is_member: bool) -> list[ir.Expr]:
        """What a name of this body is given in more than one place; empty where that is one, and where it was followed."""
        bindings = [] if (name, is_member) in self._tried else self._scope.names.bound.get(name, [])
        return [how.value for how in bindings if how.value is not None] if len(bindings) > 1 else []

    def _is_constant(self, expr: ir.Expr) -> bool:
        return fold(expr, self._bound) is not None

    def _names(self, call: ir.Call) -> frozenset[str]:
        return frozenset(external_names(self._analysis.inference.callees(call, self._scope)))

    def _names_of(self, expr: ir.Expr) -> frozenset[str]:
        return frozenset(external_names(self._analysis.inference.evaluate(expr, self._scope)))

    def _holds_code(self, expr: ir.Expr) -> bool:
        """Whether attributes of *expr* are functions and classes: it is a module or a class."""
        values = self._analysis.inference.evaluate(expr, self._scope)
        return any(isinstance(value, ModuleValue | ClassValue | ExternalValue) for value in values)
