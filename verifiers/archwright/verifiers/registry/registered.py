"""Registry rule ``registered``: every operation is registered once, by name, with a handler that can serve it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Selector
from archwright.facts import ir
from archwright.model import CheckResult, Step
from archwright.project.analysis import Analysis
from archwright.project.calls.calls import Site
from archwright.project.code import Scope
from archwright.project.execution.values import Class
from archwright.project.flow.demands import Demand, Event
from archwright.project.operations.registry import Operations, Registration
from archwright.project.operations.running import Running
from archwright.project.operations.serving import Server
from archwright.project.types.values import FunctionValue
from archwright.verifiers.bodies import SelectedBodies, is_meant, qualified, short_name
from archwright.verifiers.registry.registry import RegistryContract, operations_of, report_vague
from archwright.verifiers.requirements import event_of
from archwright.verifiers.tally import Tally

_MAX_CALLERS = 12


class RegisteredContract(RegistryContract, frozen=True, kw_only=True):
    """Every operation is registered once, by name, with a handler that can serve it, and before the registry is frozen."""

    bootstrap: Annotated[
        Selector | None, Meta(description="The functions that fill the registry; nobody else may")
    ] = None


def check_registered(contract: RegisteredContract, analysis: Analysis) -> CheckResult:
    """Judges every place that registers."""
    tally = Tally(contract)
    operations = operations_of(contract, analysis)
    found = [r for r in operations.registrations() if is_meant(contract.within, r.scope, analysis)]
    report_vague(operations.vague_registrations, contract, analysis, tally, "register")
    owners: dict[str, Registration] = {}
    filling = _filling(contract, analysis)
    judged: set[tuple[object, ...]] = set()
    if filling is not None:  # who else registers an operation is the one to be told
        found.sort(key=lambda r: (r.scope.module, r.scope.qualname) not in filling)
    for registration in found:
        key = (registration.at, registration.operations, registration.classes)
        if key not in judged:
            judged.add(key)
            problems = len(tally.result().findings)
            _judge(registration, contract, operations, owners, filling, analysis, tally)
            if len(tally.result().findings) == problems:
                tally.passed()
    _repeated(found, filling, analysis, tally)
    _frozen(contract, found, analysis, tally)
    return tally.result()


def _repeated(
    found: list[Registration],
    filling: frozenset[tuple[str, str]] | None,
    analysis: Analysis,
    tally: Tally,
) -> None:
    """A function that registers operations of its own, called again on the way of another call of it."""
    done: set[int] = set()
    for one in found:
        if one.way.root is not one.scope or one.way.open or id(one.scope) in done:
            continue
        done.add(id(one.scope))
        callers: dict[int, list[Site]] = {}
        for site in analysis.calls.of(FunctionValue(one.scope.module, one.scope.qualname)):
            fills = filling is None or (site.scope.module, site.scope.qualname) in filling
            if fills and site.certain and site.is_call:
                callers.setdefault(id(site.scope), []).append(site)
        for sites in callers.values():
            sites.sort(key=lambda site: site.node.at)
            for again in (s for s in sites[1:] if _runs_after(s, sites[0], analysis)):
                name = again.scope.qualified.split("#")[0]
                message = f"`{short_name(name)}` registers {_listed(one)} again; an operation has one handler"
                at = analysis.project.at(again.scope.module, again.node.at)
                tally.failed("registered-twice", (*one.operations, name), message, at)


def _runs_after(again: Site, first: Site, analysis: Analysis) -> bool:
    """Whether one call can run after another of the same function."""
    flow = analysis.flows.flow(first.scope, ())
    wanted = {id(node) for node in flow.calls(again.node)}
    pending = [edge.to for node in flow.calls(first.node) for edge in node.out if edge.label != "error"]
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in wanted:
            return True
        if id(node) not in seen:
            seen.add(id(node))
            pending += [edge.to for edge in node.out]
    return False


def _judge(
    one: Registration,
    contract: RegisteredContract,
    operations: Operations,
    owners: dict[str, Registration],
    filling: frozenset[tuple[str, str]] | None,
    analysis: Analysis,
    tally: Tally,
) -> None:
    name = one.scope.qualified.split("#")[0]
    if not one.operations:
        tally.undecided(
            "operation-not-told",
            (name,),
            f"`{short_name(name)}` registers an operation whose name cannot be told",
            one.at,
        )
    for operation in one.operations:
        before = owners.setdefault(operation, one)
        if before.at != one.at or _again(before, one):
            message = f"`{operation}` is registered here and in {before.at.path}:{before.at.line}; an operation has one handler"
            tally.failed("registered-twice", (operation, name), message, one.at)
    if filling is not None and (one.scope.module, one.scope.qualname) not in filling:
        message = (
            f"`{short_name(name)}` registers {_listed(one)}, but nothing that fills the registry calls it"
        )
        tally.failed("registered-elsewhere", (name, *one.operations), message, one.at)
    _handler(one, contract, operations, analysis, tally)


def _again(before: Registration, one: Registration) -> bool:
    """Whether one call, in a loop, gives an operation one handler after another."""
    return before.way.root is one.way.root and bool(one.classes) and before.classes != one.classes


def _handler(
    one: Registration, contract: RegisteredContract, operations: Operations, analysis: Analysis, tally: Tally
) -> None:
    method_name = contract.registry.handler_method
    server = Server(operations, contract.registry.success)
    state = one.way.hit.state
    symbols = (*one.operations, *one.classes)
    if not one.classes and not any(isinstance(h, Class) for h in one.handler):
        tally.undecided(
            "handler-not-told",
            (one.scope.qualified,),
            f"the handler of {_listed(one)} cannot be told",
            one.at,
        )
    for handler in one.handler:
        if isinstance(handler, Class):
            message = (
                f"the handler of {_listed(one)} is the class `{handler.qualname}`, not an instance of it"
            )
            tally.failed("handler-is-a-class", symbols, message, one.at)
            continue
        method = server.method(handler, state)
        if method is None:
            if one.classes:
                message = f"the handler of {_listed(one)} has no method `{method_name}`"
                tally.failed("handler-without-method", symbols, message, one.at)
            continue
        at = analysis.project.at(method.module, method.node.at) if method.node is not None else one.at
        if not method.is_async:
            message = f"`{short_name(method.qualified)}` serves {_listed(one)} and is no coroutine function"
            tally.failed("handler-not-async", (method.qualified,), message, at)
        if not _takes_context(method):
            message = (
                f"`{short_name(method.qualified)}` serves {_listed(one)} and does not take just the context"
            )
            tally.failed("handler-signature", (method.qualified,), message, at)


def _takes_context(method: Scope) -> bool:
    params = [p for p in method.params if p.kind in ("posonly", "arg")]
    if not method.decorated("staticmethod"):
        params = params[1:]
    keyword_only = [p for p in method.params if p.kind == "kwonly" and p.default is None]
    if keyword_only:
        return False
    if not params:
        return any(p.kind == "vararg" for p in method.params)
    return all(p.default is not None for p in params[1:])


def _filling(contract: RegisteredContract, analysis: Analysis) -> frozenset[tuple[str, str]] | None:
    if contract.bootstrap is None:
        return None
    roots = SelectedBodies(contract.bootstrap, analysis).all()
    return Running(analysis.effects).from_(roots)


def _frozen(
    contract: RegisteredContract, found: list[Registration], analysis: Analysis, tally: Tally
) -> None:
    """Nothing is registered after the freeze, and who fills the registry freezes it."""
    freeze = contract.registry.freeze
    if freeze is None:
        return
    event = event_of(freeze)
    done: set[int] = set()
    for one in found:
        call = one.way.hit.call
        if id(call) in done:
            continue
        done.add(id(call))
        late = _late(one.scope, call, event, analysis)
        name = one.scope.qualified.split("#")[0]
        if late is None:
            tally.passed()
        else:
            message = f"`{short_name(name)}` can register {_listed(one)} after the registry is frozen"
            tally.failed("registered-after-freeze", (name, *one.operations), message, one.at, late)
    if contract.bootstrap is not None:
        for key in SelectedBodies(contract.bootstrap, analysis).all():
            _freezes(key, event, analysis, tally)


def _late(scope: Scope, call: ir.Call, event: Event, analysis: Analysis) -> tuple[Step, ...] | None:
    """A way on which *call* runs after the freeze: in its own function, or in a caller before it comes here."""
    pending: list[tuple[Scope, ir.Call, tuple[Step, ...]]] = [(scope, call, ())]
    seen: set[int] = set()
    while pending:
        where, node, trail = pending.pop(0)
        if id(node) in seen or len(trail) > _MAX_CALLERS:
            continue
        seen.add(id(node))
        flow = analysis.flows.flow(where, (event,))
        steps = (
            Step(f"in `{short_name(where.qualified)}`", analysis.project.at(where.module, node.at)),
            *trail,
        )
        if any(flow.unmet(at, Demand((), frozenset({0}))) is not None for at in flow.calls(node)):
            return steps
        if where.kind == "function":
            for site in analysis.calls.of(FunctionValue(where.module, where.qualname)):
                if site.certain and site.is_call:
                    pending.append((site.scope, site.node, steps))
    return None


def _freezes(key: tuple[str, str], event: Event, analysis: Analysis, tally: Tally) -> None:
    scope = analysis.effects.scope(key)
    if scope is None or scope.kind != "function":
        return
    flow = analysis.flows.flow(scope, (event,))
    way = flow.unmet_after(flow.graph.entry, Demand((), frozenset({1})))
    name = qualified(key)
    if way is None:
        tally.passed()
    else:
        at = analysis.project.at(scope.module, scope.node.at if scope.node is not None else (1, 1, 1, 1))
        tally.failed(
            "never-frozen", (name,), f"`{short_name(name)}` can return a registry that is not frozen", at
        )


def _listed(one: Registration) -> str:
    return ", ".join(f"`{operation}`" for operation in one.operations) or "an operation"
