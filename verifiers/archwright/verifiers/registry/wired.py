"""Registry rule ``wired``: nothing is orphaned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Selector, SymbolPattern
from archwright.facts.summary import Definition
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.effects.effects import Key
from archwright.project.operations.running import Running
from archwright.project.operations.serving import Server
from archwright.verifiers.bodies import SelectedBodies, is_meant
from archwright.verifiers.registry.registry import RegistryContract, operations_of
from archwright.verifiers.tally import Tally


class WiredContract(RegistryContract, frozen=True, kw_only=True):
    """Every public function and class of the units runs for some operation, or for a named entry."""

    units: Annotated[Selector, Meta(description="say which modules must not hold orphans")]
    entries: Annotated[
        Selector | None, Meta(description="Code besides handlers from which the units may be used")
    ] = None
    orphans: Annotated[
        Mapping[str, str], Meta(description="Qualified names of what nothing uses, and why it stays")
    ] = {}


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
    if not any(classes.defines(c, method) for c in own for method in classes.methods(c)):
        # All of its code is that of its bases: it is used where code that runs makes an instance of it.
        made = analysis.calls.selected(Selector(call=(SymbolPattern(name),)))
        return any((site.scope.module, site.scope.qualname) in running for site in made)
    return any((m, f"{q}.{method}") in running for m, q in located for method in classes.methods(name))


def _behaves(method: str) -> bool:
    return not method.startswith("__") or method == "__call__"
