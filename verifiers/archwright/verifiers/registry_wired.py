"""Registry rules about reach: ``wired`` (nothing is orphaned) and ``static`` (nothing is called by a computed name)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Problem, Selector
from archwright.facts import ir
from archwright.facts.folding import fold
from archwright.facts.summary import Definition
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.code import Scope, calls_in
from archwright.project.effects import Key
from archwright.project.operations.running import Running
from archwright.project.operations.serving import Server
from archwright.project.render import render
from archwright.project.values import ClassValue, ExternalValue, ModuleValue, external_names
from archwright.verifiers.bodies import SelectedBodies
from archwright.verifiers.registry import RegistryContract, is_meant, operations_of, short
from archwright.verifiers.tally import Tally

_PICKERS = frozenset(
    {"builtins.getattr", "operator.attrgetter", "operator.methodcaller", "inspect.getattr_static"}
)
_MAKERS = frozenset({"builtins.__import__", "importlib.import_module", "importlib.__import__"})
_RUNNERS = frozenset({"builtins.eval", "builtins.exec"})
_TABLES = frozenset({"builtins.globals", "builtins.locals", "builtins.vars"})
_WORDS = ("getattr", "attrgetter", "methodcaller", "__import__", "import_module", "eval", "exec", "globals", "locals",
          "vars", "getattr_static")  # fmt: skip


class WiredContract(RegistryContract, frozen=True, kw_only=True):
    """Every public function and class of the units runs for some operation, or for a named entry."""

    units: Annotated[Selector, Meta(description="say which modules must not hold orphans")]
    entries: Annotated[
        Selector | None, Meta(description="Code besides handlers from which the units may be used")
    ] = None
    orphans: Annotated[
        Mapping[str, str], Meta(description="Qualified names of what nothing uses, and why it stays")
    ] = {}


class StaticContract(RegistryContract, frozen=True, kw_only=True):
    """Nothing in the units is called by a name that is computed."""

    units: Annotated[Selector, Meta(description="say in which modules every call must be written out")]

    def problems(self) -> Iterator[Problem]:
        """``within`` says nothing here."""
        if self.within is not None:
            yield Problem(self.within.origin, '"within" has no meaning here', 'use "units"')


# --- wired ------------------------------------------------------------------------------------------------------


def check_wired(contract: WiredContract, analysis: Analysis) -> CheckResult:
    """Judges the public functions and classes of the units."""
    tally = Tally(contract)
    running = _running(contract, analysis)
    known: set[str] = set()
    for module in analysis.project.modules:
        names = analysis.inference.index(module).scopes if _meant(contract.units, module, analysis) else {}
        for definition in analysis.project.summary(module).definitions if names else ():
            if not _is_public(definition):
                continue
            name = f"{module}.{definition.qualname}"
            used = _is_used(module, definition, running, analysis)
            if used is None:
                continue
            if used:
                tally.passed()
                if name in contract.orphans:
                    known.add(name)
                    message = f"the contract excuses `{name}` as an orphan, and it is used"
                    tally.failed("needless-exception", (name,), message, contract.origin)
            elif name in contract.orphans:
                known.add(name)
                tally.passed()
            else:
                what = "function" if definition.kind == "function" else "class"
                at = Location(analysis.project.file(module).path, definition.line)
                message = f"the {what} `{definition.qualname}` runs for no operation and no entry"
                tally.failed("orphan", (name,), message, at)
    for name in contract.orphans:
        if name not in known:
            message = f"the contract excuses `{name}`, which is no public function or class of the units"
            tally.failed("needless-exception", (name,), message, contract.origin)
    return tally.result()


def _running(contract: WiredContract, analysis: Analysis) -> frozenset[Key]:
    operations = operations_of(contract, analysis)
    server = Server(operations, contract.registry.success)
    roots: set[Key] = set()
    for registration in operations.registrations():
        roots.add((registration.scope.module, registration.scope.qualname))
        for handler in registration.handler:
            method = server.method(handler, registration.way.hit.state)
            if method is not None:
                roots.add((method.module, method.qualname))
    handlers = operations.handlers()
    for dispatch in operations.dispatches():
        # What a handler calls on what it is given, in lambdas and through tables, is known from following the dispatch.
        for operation in dispatch.operations:
            for registration in handlers.get(operation, ()):
                for service in server.serve(dispatch, registration):
                    roots.update(service.functions)
    if contract.entries is not None:
        roots.update(SelectedBodies(contract.entries, analysis).all())
    return Running(analysis.effects).from_(roots)


def _meant(selector: Selector, module: str, analysis: Analysis) -> bool:
    root = analysis.inference.index(module).root
    return is_meant(selector, root, analysis)


def _is_public(definition: Definition) -> bool:
    return "." not in definition.qualname and not definition.qualname.startswith("_")


def _is_used(module: str, definition: Definition, running: frozenset[Key], analysis: Analysis) -> bool | None:
    """Whether something runs it; None where that is not the question: a class that only holds data, a protocol, an exception."""
    if definition.kind == "function":
        return (module, definition.qualname) in running
    name = f"{module}.{definition.qualname}"
    classes = analysis.inference.classes
    lineage = classes.lineage(name)
    if classes.is_protocol(name) or any(b.endswith(("Error", "Exception", "Warning")) for b in lineage[1:]):
        return None
    methods = [m for m in classes.methods(name) if not m.startswith("__") or m in ("__call__", "__init__")]
    own = [c for c in (name, *classes.descendants(name)) if classes.known(c)]
    located = [classes.locate(c) for c in own]
    if not any(_behaves(m) for m in methods) or analysis.machine.data.of(name) is not None:
        return None
    return any((m, f"{q}.{method}") in running for m, q in located for method in classes.methods(name))


def _behaves(method: str) -> bool:
    return not method.startswith("__") or method == "__call__"


# --- static -----------------------------------------------------------------------------------------------------


def check_static(contract: StaticContract, analysis: Analysis) -> CheckResult:
    """Judges every call in the units."""
    tally = Tally(contract)
    for module in analysis.project.modules:
        if not _meant(contract.units, module, analysis):
            continue
        summary = analysis.project.summary(module)
        if not summary.has_code:
            continue  # nothing is called where there is no code
        if not any(summary.mentions(word) for word in _WORDS):
            tally.passed()
            continue
        foul = False
        for scope in analysis.inference.index(module).executed():
            for call in calls_in(scope):
                what = _computed(call, scope, analysis)
                if what:
                    foul = True
                    name = scope.qualified.split("#")[0]
                    message = f"`{short(name)}` calls `{render(call.func)}`: {what}"
                    at = analysis.project.at(module, call.at)
                    tally.failed("computed-call", (name, render(call.func)), message, at)
        if not foul:
            tally.passed()
    return tally.result()


def _computed(call: ir.Call, scope: Scope, analysis: Analysis) -> str:
    """Why what is called cannot be read off the code; empty when it can."""
    if external_names(analysis.inference.callees(call, scope)) & _RUNNERS:
        return "code made at run time"
    origin: ir.Expr | None = call.func
    if isinstance(origin, ir.Name):
        origin = scope.names.only(origin.id)
    is_member = isinstance(origin, ir.Attr)
    while isinstance(origin, ir.Attr):
        origin = origin.value
        if isinstance(origin, ir.Name) and origin.id in scope.names.bound:
            origin = scope.names.only(origin.id)
    if isinstance(origin, ir.Subscript) and isinstance(origin.value, ir.Call | ir.Attr):
        table = origin.value
        if isinstance(table, ir.Attr):
            return "what it calls is picked from `__dict__`" if table.name == "__dict__" else ""
        if external_names(analysis.inference.callees(table, scope)) & _TABLES:
            return "what it calls is picked from a table of names"
        return ""
    if not isinstance(origin, ir.Call):
        return ""
    names = external_names(analysis.inference.callees(origin, scope))
    position = 1 if names & {"builtins.getattr", "inspect.getattr_static"} else 0
    if not names & (_PICKERS | _MAKERS) or len(origin.args) <= position:
        return ""
    if _is_constant(origin.args[position].value, scope):
        return ""
    if is_member and not names & _MAKERS and not _picks_code(origin, scope, analysis):
        return ""  # a method, written out, of a value that is picked by name
    return "the name of what it calls is computed"


def _picks_code(pick: ir.Call, scope: Scope, analysis: Analysis) -> bool:
    """Whether ``getattr(x, name)`` picks a function or class: out of a module or a class."""
    source = analysis.inference.evaluate(pick.args[0].value, scope)
    return any(isinstance(value, ModuleValue | ClassValue | ExternalValue) for value in source)


def _is_constant(expr: ir.Expr, scope: Scope) -> bool:
    def constant(name: str) -> ir.Expr | None:
        current: Scope | None = scope
        while current is not None:
            if name in current.names.bound:
                return current.names.only(name)
            current = current.parent
        return None

    return fold(expr, constant) is not None
