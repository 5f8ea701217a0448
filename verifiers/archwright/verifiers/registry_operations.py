"""Registry rules about names: ``registered`` and ``dispatched``."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from archwright.contracts.language import Pattern, Selector
from archwright.facts import ir
from archwright.model import CheckResult, Step
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.demands import Demand, Event
from archwright.project.execution.values import Class
from archwright.project.operations.registry import Dispatch, Operations, Registration, Vague
from archwright.project.operations.running import Running
from archwright.project.operations.serving import Server
from archwright.project.values import FunctionValue
from archwright.verifiers.bodies import SelectedBodies, is_meant, qualified, short_name
from archwright.verifiers.registry import RegistryContract, operations_of
from archwright.verifiers.requirements import event_of
from archwright.verifiers.tally import Tally

_MAX_CALLERS = 12
_VAGUE = {
    "handed-on": "hands {what} on as a value; who calls it with what cannot be told",
    "unknown-receiver": "may {what} on something of unknown type",
    "unreached": "has a call to {what} that is never reached",
    "too-large": "is called to {what} by a function that is too large to be followed to its end",
}


class RegisteredContract(RegistryContract, frozen=True, kw_only=True):
    """Every operation is registered once, by name, with a handler that can serve it, and before the registry is frozen."""

    bootstrap: Annotated[
        Selector | None, Meta(description="The functions that fill the registry; nobody else may")
    ] = None


class DispatchedContract(RegistryContract, frozen=True, kw_only=True):
    """Every dispatch names an operation that is registered, and only those its module may use."""

    domain: Annotated[
        Literal["same", "any"],
        Meta(
            description="same: the first segment of the operation is the domain of the module that dispatches it"
        ),
    ] = "any"
    only: Annotated[tuple[Pattern, ...], Meta(description="Operations that may be dispatched here")] = ()
    never: Annotated[
        tuple[Pattern, ...], Meta(description="Operations that must not be dispatched here")
    ] = ()
    except_operations: Annotated[
        tuple[Pattern, ...], Meta(description="Operations that modules of every domain may dispatch")
    ] = ()


# --- registered -------------------------------------------------------------------------------------------------


def check_registered(contract: RegisteredContract, analysis: Analysis) -> CheckResult:
    """Judges every place that registers."""
    tally = Tally(contract)
    operations = operations_of(contract, analysis)
    found = [r for r in operations.registrations() if is_meant(contract.within, r.scope, analysis)]
    _vague(operations.vague_registrations, contract, analysis, tally, "register")
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
    _frozen(contract, found, analysis, tally)
    return tally.result()


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


# --- dispatched -------------------------------------------------------------------------------------------------


def check_dispatched(contract: DispatchedContract, analysis: Analysis) -> CheckResult:
    """Judges every place that dispatches."""
    tally = Tally(contract)
    operations = operations_of(contract, analysis)
    registered = operations.handlers()
    dispatches = operations.dispatches()
    _vague(operations.vague_dispatches, contract, analysis, tally, "dispatch")
    judged: set[tuple[object, ...]] = set()
    for dispatch in dispatches:
        root = dispatch.way.root
        if not (
            is_meant(contract.within, dispatch.scope, analysis) or is_meant(contract.within, root, analysis)
        ):
            continue
        key = (dispatch.at, dispatch.operations, root.qualified)
        if key in judged:
            continue
        judged.add(key)
        problem = _foul(dispatch, contract, registered, analysis, tally)
        if not problem:
            tally.passed()
    _bypasses(contract, operations, analysis, tally)
    return tally.result()


def _foul(
    one: Dispatch,
    contract: DispatchedContract,
    registered: dict[str, list[Registration]],
    analysis: Analysis,
    tally: Tally,
) -> bool:
    root = one.way.root
    name = root.qualified.split("#")[0]
    if not one.operations:
        tally.undecided(
            "operation-not-told",
            (name,),
            f"`{short_name(name)}` dispatches an operation whose name cannot be told",
            one.at,
        )
        return True
    foul = False
    unit = analysis.project.unit(root.module)
    domain = unit.domain if unit is not None else None
    for operation in one.operations:
        evidence, why = "", ""
        if operation not in registered:
            evidence, why = "unregistered-operation", "which nobody registers"
        elif contract.only and not any(p.match(operation) is not None for p in contract.only):
            evidence, why = "operation-not-allowed", "which is not among those it may"
        elif any(p.match(operation) is not None for p in contract.never):
            evidence, why = "operation-forbidden", "which it must not"
        elif (
            contract.domain == "same"
            and domain != operation.partition(".")[0]
            and not any(p.match(operation) is not None for p in contract.except_operations)
        ):
            evidence, why = "foreign-operation", f'though it belongs to the domain "{domain}"'
        if evidence:
            foul = True
            tally.failed(
                evidence, (name, operation), f"`{short_name(name)}` dispatches `{operation}`, {why}", one.at
            )
    return foul


def _bypasses(contract: DispatchedContract, operations: Operations, analysis: Analysis, tally: Tally) -> None:
    """Handlers that are called without the registry."""
    server = Server(operations, contract.registry.success)
    seen: set[tuple[str, str]] = set()
    for registration in operations.registrations():
        for handler in registration.handler:
            method = server.method(handler, registration.way.hit.state)
            if method is None or (method.module, method.qualname) in seen:
                continue
            seen.add((method.module, method.qualname))
            for site in analysis.calls.of(FunctionValue(method.module, method.qualname)):
                if not (site.certain and site.is_call) or not is_meant(contract.within, site.scope, analysis):
                    continue
                if site.value is None or site.value.qualified != method.qualified.split("#")[0]:
                    continue
                if _is_abstract_receiver(site.node, site.scope, analysis):
                    continue
                name = site.scope.qualified.split("#")[0]
                at = analysis.project.at(site.scope.module, site.node.at)
                message = f"`{short_name(name)}` calls `{short_name(method.qualified)}` itself, without the registry"
                tally.failed("bypasses-registry", (name, method.qualified), message, at)


def _is_abstract_receiver(call: ir.Call, scope: Scope, analysis: Analysis) -> bool:
    """Whether the call is made on any handler there is: that is how a registry calls them."""
    return len(analysis.inference.callees(call, scope)) > 1


# --- what both share --------------------------------------------------------------------------------------------


def _vague(
    found: list[Vague], contract: RegistryContract, analysis: Analysis, tally: Tally, verb: str
) -> None:
    for one in found:
        if is_meant(contract.within, one.scope, analysis):
            name = one.scope.qualified.split("#")[0]
            text = _VAGUE[one.what].format(what=f"the {verb} call" if one.what == "handed-on" else verb)
            tally.undecided(f"{verb}-{one.what}", (name,), f"`{short_name(name)}` {text}", one.at)


def _listed(one: Registration) -> str:
    return ", ".join(f"`{operation}`" for operation in one.operations) or "an operation"
