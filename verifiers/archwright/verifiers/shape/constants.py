"""Constants: a field that has one value wherever an instance is made, and keeps it.

Every construction gives the constant or leaves it to a default that is the constant; nothing assigns another value later, by
``replace``, ``setattr``, an attribute, a statement's ``values`` or an overriding class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Located, Problem, Selector, SymbolPattern
from archwright.facts import ir
from archwright.facts.folding import fold
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.calls.calls import Site
from archwright.project.calls.places import is_partial
from archwright.project.code import Scope, own_nodes
from archwright.project.render import render
from archwright.project.shapes.arguments import bind
from archwright.project.shapes.classes import constant_of
from archwright.project.types.values import UNKNOWN, ClassValue, InstanceValue, Values, external_names
from archwright.verifiers.shape.shape import ShapeContract, classes_named, selected_modules
from archwright.verifiers.tally import Tally

_COPIES = frozenset(
    {"copy.replace", "dataclasses.replace", "msgspec.structs.replace", "attr.evolve", "attrs.evolve"}
)
_COPYING_METHODS = frozenset({"_replace", "model_copy", "copy", "__replace__"})
_SETTERS = frozenset({"builtins.setattr", "builtins.object.__setattr__"})
_MAPPINGS = frozenset({"__dict__", "vars"})
_BY_NAME = ("setattr", "__setattr__", *sorted(_MAPPINGS), *sorted(_COPYING_METHODS), "replace", "evolve")
"""Words of code that can give a field a value without writing its name."""


class ConstantContract(ShapeContract, frozen=True, kw_only=True):
    """A field of certain classes that is always the same; ``units`` says whose code is looked at."""

    of: Annotated[Selector, Meta(description="say which classes: {class: app.x.Prediction}")]
    field: Annotated[Located, Meta(description="name the field")]
    value: Annotated[Located, Meta(description='write the constant as in code, in quotes: "True"')]

    def problems(self) -> Iterator[Problem]:
        """A value that is no literal."""
        try:
            ast.literal_eval(self.value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            message = f"`{self.value}` is no constant"
            yield Problem(self.value.origin, message, 'write a literal, e.g. "True" or "\'draft\'"')


def check_constant(contract: ConstantContract, analysis: Analysis) -> CheckResult:
    """Judges every construction of the classes, every place that may override the field, and every overriding class."""
    tally = Tally(contract)
    judge = _Judge(contract, analysis, tally)
    if not judge.names:
        return tally.result()
    for name in sorted(judge.names):
        judge.default(name)
    modules = frozenset(selected_modules(contract.units, analysis))
    patterns = tuple(SymbolPattern(name) for name in sorted(judge.names))
    for site in analysis.calls.selected(Selector(call=patterns)):
        if site.scope.module in modules:
            judge.constructed(site)
    looked_at = {m for word in (contract.field, *_BY_NAME) for m in analysis.project.mentioning([word])}
    for module in analysis.project.modules:
        if module in looked_at and module in modules:
            for scope in analysis.inference.index(module).executed():
                for node in own_nodes(scope.body):
                    judge.changed(node, scope)
    return tally.result()


class _Judge:
    def __init__(self, contract: ConstantContract, analysis: Analysis, tally: Tally) -> None:
        self._contract = contract
        self._analysis = analysis
        self._tally = tally
        self._field = str(contract.field)
        self._wanted = analysis.project.expression(contract.value)
        own = classes_named(contract.of, analysis)
        below = {d for name in own for d in analysis.inference.classes.descendants(name)}
        self.names = own | below
        self._own = own

    def default(self, name: str) -> None:
        """A class that gives the field another default than the constant."""
        default = self._analysis.shapes.classes.default(name, self._field)
        if default is None or self._is_wanted(*default):
            return
        scope = self._analysis.shapes.classes.scope(name)
        if (
            scope is None
            or self._field not in scope.names.bound
            or not isinstance(default[0], ir.Const | ir.Str | ir.Num)
        ):
            return
        at = self._analysis.project.at(scope.module, scope.node.at) if scope.node else self._contract.origin
        message = f"`{name}` makes `{self._field}` {render(default[0])}, not {self._contract.value}"
        self._tally.failed("other-default", (name, self._field), message, at)

    def constructed(self, site: Site) -> None:
        """A call that makes an instance, or hands the class on to be called."""
        at = self._analysis.project.at(site.scope.module, _span(site.node, site.scope))
        cls = self._class_at(site)
        if not site.is_call or cls is None:
            return
        given, unclear = self._given(site.node, site.scope, cls)
        symbols = (site.scope.qualified, cls, self._field)
        if given is not None:
            self._judge_value(given, site.scope, symbols, f"makes a `{cls}` with", at)
        elif unclear:
            message = f"`{site.scope.qualified}` makes a `{cls}` from a spread that may hold `{self._field}`"
            self._tally.undecided("constant-not-told", symbols, message, at)
        else:
            default = self._analysis.shapes.classes.default(cls, self._field)
            init = self._analysis.shapes.classes.initialiser(cls)
            param = next((p for p in init.params if p.name == self._field), None) if init else None
            if param is not None and param.default is not None and init is not None:
                default = (param.default, init)
            if default is not None and self._is_wanted(*default):
                self._tally.passed()
            else:
                message = (
                    f"`{site.scope.qualified}` makes a `{cls}` without `{self._field}`, "
                    f"whose default is not {self._contract.value}"
                )
                self._tally.failed("constant-not-given", symbols, message, at)

    def changed(self, node: object, scope: Scope) -> None:
        """Whatever may give an instance, or a row, another value."""
        if isinstance(node, ir.Assign | ir.AugAssign):
            targets = node.targets if isinstance(node, ir.Assign) else (node.target,)
            for target in targets:
                self._assigned(target, node, scope)
        elif isinstance(node, ir.Call):
            self._called(node, scope)

    # --- helpers ---

    def _class_at(self, site: Site) -> str | None:
        values = self._analysis.inference.callees(site.node, site.scope) if site.is_call else frozenset()
        names = sorted(v.qualified for v in values if isinstance(v, ClassValue) and v.qualified in self.names)
        return names[0] if names else None

    def _given(self, call: ir.Call, scope: Scope, cls: str) -> tuple[ir.Expr | None, bool]:
        init = self._analysis.shapes.classes.initialiser(cls)
        if init is not None:
            bound = bind(call, init.params, given=1)
            keyword = next((a.value for a in call.args if a.keyword == self._field), None)
            return bound.by_name.get(self._field, keyword), bound.spread
        fields = [name for name, _, _ in self._analysis.shapes.types.fields(cls)]
        params = tuple(ir.Param(name, "arg") for name in fields)
        bound = bind(call, params)
        keyword = next((a.value for a in call.args if a.keyword == self._field), None)
        return bound.by_name.get(self._field, keyword), bound.spread

    def _assigned(self, target: ir.Expr, node: ir.Assign | ir.AugAssign, scope: Scope) -> None:
        at = self._analysis.project.at(scope.module, node.at)
        if isinstance(target, ir.Attr) and target.name == self._field:
            self._judge_change(target.value, node.value, scope, at)
        elif isinstance(target, ir.Subscript) and len(target.index) == 1:
            inner = target.value
            if isinstance(inner, ir.Attr) and inner.name in _MAPPINGS:
                self._judge_named(inner.value, target.index[0], node.value, scope, at)
            elif isinstance(inner, ir.Call) and ir.dotted(inner.func) in _MAPPINGS and inner.args:
                self._judge_named(inner.args[0].value, target.index[0], node.value, scope, at)

    def _called(self, call: ir.Call, scope: Scope) -> None:
        at = self._analysis.project.at(scope.module, call.at)
        plain = [a.value for a in call.args if a.keyword is None and not a.star]
        if is_partial(call):
            self._completed(call, scope, at)
            return
        names = external_names(self._analysis.inference.callees(call, scope))
        if names & _SETTERS and len(plain) > 2:
            self._judge_named(plain[0], plain[1], plain[2], scope, at)
        elif names & _COPIES and plain:
            self._judge_keywords(plain[0], call, scope, at)
        elif isinstance(call.func, ir.Attr) and call.func.name in _COPYING_METHODS:
            self._judge_keywords(call.func.value, call, scope, at)
        elif isinstance(call.func, ir.Attr) and call.func.name == "values":
            self._judge_keywords(_begin(call.func.value), call, scope, at)

    def _completed(self, call: ir.Call, scope: Scope, at: Location) -> None:
        """``partial(cls, field=value)``: what it makes later has that value unless told otherwise."""
        made = self._analysis.inference.evaluate(call.args[0].value, scope)
        names = sorted(v.qualified for v in made if isinstance(v, ClassValue) and v.qualified in self.names)
        for arg in call.args if names else ():
            if arg.keyword == self._field:
                symbols = (scope.qualified, names[0], self._field)
                self._judge_value(arg.value, scope, symbols, f"prepares a `{names[0]}` with", at)

    def _judge_keywords(self, holder: ir.Expr, call: ir.Call, scope: Scope, at: Location) -> None:
        for arg in call.args:
            if arg.keyword == self._field:
                self._judge_change(holder, arg.value, scope, at)
            table = constant_of(arg.value, scope)
            if isinstance(table, ir.Dict):
                for key, value in zip(table.keys, table.values, strict=True):
                    if key is None:
                        self._judge_spread(holder, value, scope, at)
                    else:
                        self._judge_named(holder, key, value, scope, at)
            elif arg.star == 2:
                self._judge_spread(holder, arg.value, scope, at)

    def _judge_named(
        self, holder: ir.Expr, name: ir.Expr, value: ir.Expr, scope: Scope, at: Location
    ) -> None:
        """A field set by its name, or by one that only running tells."""
        told = self._told(name, scope)
        if told == self._field:
            self._judge_change(holder, value, scope, at)
        elif told is None and not self._is_wanted(value, scope):
            self._judge_spread(holder, name, scope, at)

    def _judge_spread(self, holder: ir.Expr, names: ir.Expr, scope: Scope, at: Location) -> None:
        """Fields of an instance of the classes that are given values under names nobody can read."""
        if hit := self._kinds(self._held(holder, scope)):
            message = (
                f"`{scope.qualified}` changes a `{hit[0]}` under names from {render(names)}; "
                f"whether `{self._field}` is one of them cannot be told"
            )
            self._tally.undecided("constant-overridden-perhaps", (scope.qualified, self._field), message, at)

    def _judge_change(self, holder: ir.Expr, value: ir.Expr, scope: Scope, at: Location) -> None:
        if self._is_wanted(value, scope):
            return
        held = self._held(holder, scope)
        hit = self._kinds(held)
        symbols = (scope.qualified, self._field)
        if hit:
            if _is_self(holder, scope) and isinstance(value, ir.Name) and value.id == self._field:
                return  # an initialiser that takes the field: its callers are judged
            message = f"`{scope.qualified}` makes `{self._field}` of a `{hit[0]}` {render(value)}"
            self._tally.failed("constant-overridden", symbols, message, at)
        elif UNKNOWN in held and not any(isinstance(v, InstanceValue | ClassValue) for v in held):
            message = f"`{scope.qualified}` makes `{self._field}` of something {render(value)}; what it is cannot be told"
            self._tally.undecided("constant-overridden-perhaps", symbols, message, at)

    def _kinds(self, held: Values) -> list[str]:
        """Which of the judged classes the values are, or are instances of."""
        classes = (v.cls if isinstance(v, InstanceValue) else v for v in held)
        return sorted(v.qualified for v in classes if isinstance(v, ClassValue) and v.qualified in self.names)

    def _told(self, name: ir.Expr, scope: Scope) -> str | None:
        """The text of a constant, through names bound once."""
        return fold(
            name,
            lambda word: None if (given := constant_of(ir.Name(word), scope)) == ir.Name(word) else given,
        )

    def _held(self, holder: ir.Expr, scope: Scope) -> Values:
        return self._analysis.inference.evaluate(holder, scope) | (
            self._analysis.shapes.origins.held(holder, scope) - {UNKNOWN}
        )

    def _judge_value(
        self, value: ir.Expr, scope: Scope, symbols: tuple[str, ...], does: str, at: Location
    ) -> None:
        if self._is_wanted(value, scope):
            self._tally.passed()
        else:
            message = (
                f"`{scope.qualified}` {does} `{self._field}` {render(value)}, not {self._contract.value}"
            )
            self._tally.failed("other-constant", symbols, message, at)

    def _is_wanted(self, value: ir.Expr, scope: Scope) -> bool:
        return constant_of(value, scope) == self._wanted


def _begin(statement: ir.Expr) -> ir.Expr:
    """What a chain of calls that makes a statement begins with: the table of ``update(table).where(…)``."""
    while isinstance(statement, ir.Call):
        if isinstance(statement.func, ir.Attr) and isinstance(statement.func.value, ir.Call):
            statement = statement.func.value
        else:
            return statement.args[0].value if statement.args else statement
    return statement


def _is_self(holder: ir.Expr, scope: Scope) -> bool:
    return bool(scope.owner and scope.params) and holder == ir.Name(scope.params[0].name)


def _span(node: object, scope: Scope) -> ir.Span:
    if isinstance(node, ir.Call):
        return node.at
    return scope.node.at if scope.node is not None else (1, 1, 1, 1)
