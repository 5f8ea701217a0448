"""Registry rule ``routes``: every route is told apart, mounted, and served by an operation; every operation has a way in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import Pattern, Selector
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.effects.effects import Key
from archwright.project.operations.registry import Dispatch
from archwright.project.operations.routes import Route
from archwright.project.operations.running import Running
from archwright.project.operations.serving import Server
from archwright.verifiers.bodies import SelectedBodies, is_meant, short_name
from archwright.verifiers.registry.registry import RegistryContract, operations_of
from archwright.verifiers.tally import Tally


class RoutesContract(RegistryContract, frozen=True, kw_only=True):
    """The route map."""

    entries: Annotated[
        Selector | None, Meta(description="Code besides routes that operations may be dispatched from")
    ] = None
    ledger: Annotated[
        Mapping[str, str],
        Meta(
            description='The operation each route is served by: {"GET /x": "x.query"}; if given, every route must be there'
        ),
    ] = {}
    without_operation: Annotated[
        Mapping[str, str],
        Meta(description='Routes that dispatch nothing, and why: {"GET /metrics": "reads counters"}'),
    ] = {}
    unreached: Annotated[
        Mapping[str, str], Meta(description="Operations no route or entry dispatches, and why")
    ] = {}
    only: Annotated[
        tuple[Pattern, ...], Meta(description="The routes meant may come to these operations only")
    ] = ()
    never: Annotated[
        tuple[Pattern, ...], Meta(description="The routes meant must not come to these operations")
    ] = ()


class RouteFact(msgspec.Struct, frozen=True):
    """A route with what it comes to."""

    method: str
    path: str
    endpoint: str
    """Qualified name of the function that serves it."""
    operations: tuple[str, ...]
    functions: tuple[str, ...]
    """Qualified names of the functions that may run for it behind its operations, sorted."""
    at: Location


def route_facts(contract: RegistryContract, analysis: Analysis) -> tuple[RouteFact, ...]:
    """Every route with its operations and the functions behind them, by path and method."""
    operations = operations_of(contract, analysis)
    handlers = operations.handlers()
    server = Server(operations, contract.registry.success)
    running = Running(analysis.effects)
    found: list[RouteFact] = []
    for route in analysis.routes.routes():
        functions: set[str] = set()
        reached = _dispatched_by(route, operations.dispatches(), running)
        for dispatch in reached:
            for operation in dispatch.operations:
                for registration in handlers.get(operation, ()):
                    for service in server.serve(dispatch, registration):
                        functions.update(f"{m}.{q.split('#')[0]}" for m, q in service.functions)
        names = tuple(sorted({o for d in reached for o in d.operations}))
        endpoint = ".".join(route.endpoint)
        found.append(RouteFact(route.method, route.path, endpoint, names, tuple(sorted(functions)), route.at))
    return tuple(found)


def check_routes(contract: RoutesContract, analysis: Analysis) -> CheckResult:
    """Judges every route whose function is meant, and every operation."""
    tally = Tally(contract)
    operations = operations_of(contract, analysis)
    running = Running(analysis.effects)
    everything = analysis.routes.routes()
    meant = [r for r in everything if _is_meant(r, contract, analysis)]
    reached: set[str] = set()
    shapes: dict[tuple[str, str], Route] = {}
    for route in sorted(everything, key=lambda r: r.at):
        found = _dispatched_by(route, operations.dispatches(), running)
        names = {o for d in found for o in d.operations}
        reached |= names
        if route in meant:
            count = len(tally.result().findings)
            _judge(route, names, found, shapes, contract, tally)
            if len(tally.result().findings) == count:
                tally.passed()
    for place in dict.fromkeys(analysis.routes.open):
        if is_meant(contract.within, place.scope, analysis):
            name = place.scope.qualified
            tally.undecided(
                "route-not-told", (name, place.what), f"a call in `{short_name(name)}` {place.what}", place.at
            )
    _ledger(contract, meant, tally)
    if not (contract.only or contract.never):
        _operations(contract, reached, analysis, tally)
    return tally.result()


def _judge(
    route: Route,
    names: set[str],
    dispatches: list[Dispatch],
    shapes: dict[tuple[str, str], Route],
    contract: RoutesContract,
    tally: Tally,
) -> None:
    title, endpoint = f"{route.method} {route.path}", ".".join(route.endpoint)
    before = shapes.setdefault((route.method, re.sub(r"\{[^}]*\}", "{}", route.path)), route)
    if before is not route:
        other = short_name(".".join(before.endpoint))
        message = (
            f"`{title}` is served by `{short_name(endpoint)}` and by `{other}`; the first one added wins"
        )
        tally.failed("duplicate-route", (title, endpoint), message, route.at)
    if not route.mounted:
        message = f"`{title}` of `{short_name(endpoint)}` is on a router that no application includes"
        tally.failed("unmounted-route", (title, endpoint), message, route.at)
    excused = title in contract.without_operation
    untold = any(not d.operations for d in dispatches)
    if not names and not excused:
        if untold:
            message = f"the operation that `{title}` dispatches cannot be told"
            tally.undecided("operation-not-told", (title, endpoint), message, route.at)
        else:
            message = f"`{title}` is served by `{short_name(endpoint)}` without any operation"
            tally.failed("route-without-operation", (title, endpoint), message, route.at)
    if names and excused:
        message = f"`{title}` is said to dispatch nothing, and dispatches {_listed(names)}"
        tally.failed("needless-exception", (title, endpoint), message, route.at)
    for operation in sorted(names):
        allowed = not contract.only or any(p.match(operation) is not None for p in contract.only)
        if not allowed or any(p.match(operation) is not None for p in contract.never):
            message = f"`{title}` comes to `{operation}`, which routes here must not"
            tally.failed("operation-forbidden", (title, operation), message, route.at)
    _listed_as(route, title, names, contract, tally)


def _listed_as(route: Route, title: str, names: set[str], contract: RoutesContract, tally: Tally) -> None:
    if not contract.ledger or title in contract.without_operation:
        return
    wanted = contract.ledger.get(title)
    if wanted is None:
        message = f"`{title}` is not in the ledger; it is served by {_listed(names)}"
        tally.failed("route-not-listed", (title,), message, route.at)
    elif wanted not in names:
        message = f"the ledger says `{title}` is served by `{wanted}`; it is served by {_listed(names)}"
        tally.failed("route-served-otherwise", (title, wanted), message, route.at)


def _ledger(contract: RoutesContract, meant: list[Route], tally: Tally) -> None:
    there = {f"{r.method} {r.path}" for r in meant}
    for title in (*contract.ledger, *contract.without_operation):
        if title not in there:
            message = f"the contract lists `{title}`, which is no route"
            tally.failed("no-such-route", (title,), message, contract.origin)


def _operations(contract: RoutesContract, reached: set[str], analysis: Analysis, tally: Tally) -> None:
    operations = operations_of(contract, analysis)
    registered = operations.handlers()
    for dispatch in operations.dispatches():
        if contract.entries is not None and (
            is_meant(contract.entries, dispatch.way.root, analysis)
            or is_meant(contract.entries, dispatch.scope, analysis)
        ):
            reached = reached | set(dispatch.operations)
    for operation, registrations in registered.items():
        if operation in reached:
            tally.passed()
        elif operation not in contract.unreached:
            message = f"`{operation}` is registered, and no route or entry dispatches it"
            tally.failed("unreached-operation", (operation,), message, registrations[0].at)
        else:
            tally.passed()
    for operation in contract.unreached:
        if operation in reached or operation not in registered:
            why = "is dispatched" if operation in reached else "is not registered"
            message = f"the contract excuses `{operation}`, which {why}"
            tally.failed("needless-exception", (operation,), message, contract.origin)


def _is_meant(route: Route, contract: RoutesContract, analysis: Analysis) -> bool:
    if contract.within is None:
        return True
    return route.endpoint in SelectedBodies(contract.within, analysis)


def _dispatched_by(route: Route, dispatches: tuple[Dispatch, ...], running: Running) -> list[Dispatch]:
    """The dispatches the endpoint comes to: its own, and those of the helpers it calls when it begins with them."""
    bodies: frozenset[Key] = running.from_([route.endpoint])
    return [
        d
        for d in dispatches
        if (d.scope.module, d.scope.qualname) in bodies and (d.way.root.module, d.way.root.qualname) in bodies
    ]


def _listed(names: set[str]) -> str:
    return ", ".join(f"`{n}`" for n in sorted(names)) or "no operation"
