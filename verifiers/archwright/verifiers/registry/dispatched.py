"""Registry rule ``dispatched``: what is dispatched is registered, and the module that dispatches it may."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from archwright.contracts.language import Pattern
from archwright.facts import ir
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.operations.registry import Dispatch, Operations, Registration
from archwright.project.operations.serving import Server
from archwright.project.types.values import FunctionValue
from archwright.verifiers.bodies import is_meant, short_name
from archwright.verifiers.registry.registry import RegistryContract, operations_of, report_vague
from archwright.verifiers.tally import Tally


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


def check_dispatched(contract: DispatchedContract, analysis: Analysis) -> CheckResult:
    """Judges every place that dispatches."""
    tally = Tally(contract)
    operations = operations_of(contract, analysis)
    registered = operations.handlers()
    dispatches = operations.dispatches()
    report_vague(operations.vague_dispatches, contract, analysis, tally, "dispatch")
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
