"""Registry rule ``arguments``: what is dispatched arrives where it is needed."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Pattern
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.execution.machine import Machine
from archwright.project.execution.values import Ref
from archwright.project.operations.registry import Dispatch, Operations, Registration
from archwright.project.operations.serving import Mismatch, Server
from archwright.verifiers.bodies import is_meant, short_name
from archwright.verifiers.registry.registry import RegistryContract, chain_steps, operations_of
from archwright.verifiers.tally import Tally

_SAYS = {
    "missing": "but `{callee}` needs `{key}`, which is not sent",
    "unknown": "but `{callee}` takes no `{key}`",
    "surplus": "but `{callee}` is given {key} arguments too many",
    "ignored": "but nobody in `{callee}` looks at `{key}`",
    "refused": "which `{callee}` can only refuse",
}
_EVIDENCE = {
    "missing": "missing-argument",
    "unknown": "unknown-argument",
    "surplus": "surplus-argument",
    "ignored": "ignored-argument",
    "refused": "always-refused",
}


class ArgumentsContract(RegistryContract, frozen=True, kw_only=True):
    """The keys of the parameters bind to the handler, to its table of methods and to the functions behind it."""

    unused: Annotated[
        tuple[Pattern, ...], Meta(description="Keys that may be sent though the operation does not use them")
    ] = ()


def check_arguments(contract: ArgumentsContract, analysis: Analysis) -> CheckResult:
    """Judges every dispatch with every handler it may come to."""
    tally = Tally(contract)
    operations = operations_of(contract, analysis)
    handlers = operations.handlers()
    server = Server(operations, contract.registry.success)
    judged: set[tuple[object, ...]] = set()
    for dispatch in operations.dispatches():
        root = dispatch.way.root
        if not (
            is_meant(contract.within, dispatch.scope, analysis) or is_meant(contract.within, root, analysis)
        ):
            continue
        for operation in dispatch.operations:
            for registration in handlers.get(operation, ()):
                key = (
                    dispatch.at,
                    root.qualified,
                    operation,
                    registration.classes,
                    _shape(dispatch, operations),
                )
                if key not in judged:
                    judged.add(key)
                    _judge(dispatch, operation, registration, server, contract, analysis, tally)
    return tally.result()


def _judge(
    dispatch: Dispatch,
    operation: str,
    registration: Registration,
    server: Server,
    contract: ArgumentsContract,
    analysis: Analysis,
    tally: Tally,
) -> None:
    name = dispatch.way.root.qualified.split("#")[0]
    machine = server.machine
    why = _untold(dispatch, machine)
    if why:
        message = f"what `{short_name(name)}` sends to `{operation}` cannot be told: {why}"
        tally.undecided("parameters-not-told", (name, operation), message, dispatch.at)
        return
    for service in server.serve(dispatch, registration):
        if service.scope is None:
            continue  # the rule "registered" says so
        found: dict[tuple[str, str, str], Mismatch] = {}
        refused = {one.key for one in service.mismatches if one.kind == "unknown"}
        for one in service.mismatches:
            unused = any(p.match(one.key) is not None for p in contract.unused)
            if one.kind == "ignored" and (unused or one.key in refused):
                continue
            key = (one.kind, one.key, one.callee)
            if key not in found or (one.sure and not found[key].sure):
                found[key] = one
        for one in found.values():
            symbols = (name, operation, short_name(one.callee), one.key)
            said = _SAYS[one.kind].format(callee=short_name(one.callee), key=one.key)
            message = f"`{short_name(name)}` dispatches `{operation}`, {said}"
            steps = chain_steps((*one.chain, (one.callee, one.at)))
            if one.sure:
                tally.failed(_EVIDENCE[one.kind], symbols, message, dispatch.at, steps)
            else:
                tally.undecided(
                    f"possible-{_EVIDENCE[one.kind]}", symbols, f"{message}, on some path", dispatch.at, steps
                )
        if not found:
            if service.exhausted:
                served = short_name(service.handler)
                message = f"`{short_name(name)}` dispatches `{operation}`, and `{served}` is too large to be followed"
                tally.undecided("handler-not-followed", (name, operation), message, dispatch.at)
            else:
                tally.passed()


def _untold(dispatch: Dispatch, machine: Machine) -> str:
    """Why the parameters cannot be told; empty when they can."""
    if not dispatch.params:
        return "its context has no parameters that could be read"
    for one in dispatch.params:
        if not isinstance(one, Ref):
            return getattr(one, "reason", "") or "they come from elsewhere"
        made = machine.object(one, dispatch.way.hit.state)
        if made.open:
            return f"it may contain more, {made.open}"
    return ""


def _shape(dispatch: Dispatch, operations: Operations) -> tuple[object, ...]:
    """What tells two ways of one place apart: the keys, and the constants among their values."""
    found: list[object] = []
    for one in dispatch.params:
        if isinstance(one, Ref):
            made = operations.machine.object(one, dispatch.way.hit.state)
            found.append(
                tuple((k, e.sure, e.value if len(e.value) == 1 else ()) for k, e in made.entries.items())
            )
    return tuple(found)
