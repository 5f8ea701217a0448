"""``ROUTE_OPERATION_MAP.md`` and ``CALL_CHAINS.md``: from a request to the operation it dispatches, and on to the drivers."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.docs.page import Page
from archwright.docs.sources import Sources
from archwright.docs.templates import Templates
from archwright.project.effects.effects import Key
from archwright.verifiers.bodies import SelectedBodies, qualified
from archwright.verifiers.reads.reads import AsOfContract
from archwright.verifiers.registry.routes import RouteFact, RoutesContract, route_facts

_DEPTH = 12


class RouteDoc(msgspec.Struct, frozen=True):
    """A route as a row of the map."""

    fact: RouteFact
    layers: tuple[tuple[str, tuple[str, ...]], ...]
    """Functions behind the operations, of layers that are cut into domains: (layer, names with the module's last part)."""
    as_of: str
    """PASS, WARN or FAIL by the contracts on moments; empty where none is about this route."""

    def of(self, layer: str) -> tuple[str, ...]:
        """The functions of one layer."""
        return dict(self.layers).get(layer, ())


class ChainDoc(msgspec.Struct, frozen=True):
    """What one operation comes to."""

    operation: str
    routes: tuple[RouteFact, ...]
    lines: tuple[str, ...]
    """The calls as an indented list, each function once."""


def operation_pages(sources: Sources, templates: Templates) -> Iterator[Page]:
    """Both pages; none where no contract says how operations are registered and dispatched."""
    contracts = [c for c in sources.code_base.contracts.contracts if isinstance(c, RoutesContract)]
    if not contracts:
        return
    facts: dict[tuple[str, str], RouteFact] = {}
    for contract in contracts:
        for fact in route_facts(contract, sources.analysis):
            facts.setdefault((fact.path, fact.method), fact)
    statuses = _as_of(sources)
    routes = [
        RouteDoc(f, _layers(sources, f), statuses.get(f.endpoint, "")) for _, f in sorted(facts.items())
    ]
    layers = [str(layer.id) for layer in sources.code_base.contracts.topologies.layers]
    shown = [layer for layer in layers if any(route.of(layer) for route in routes)]
    links = {
        route.fact.at.path: sources.link("ROUTE_OPERATION_MAP.md", route.fact.at.path) for route in routes
    }
    text = templates.render("routes.md.j2", routes=routes, layers=shown, links=links)
    yield Page("ROUTE_OPERATION_MAP.md", text)
    yield Page(
        "CALL_CHAINS.md", templates.render("chains.md.j2", chains=_chains(sources, list(facts.values())))
    )


def _as_of(sources: Sources) -> dict[str, str]:
    """What the contracts on moments say about the functions they are about."""
    found: dict[str, str] = {}
    for contract in sources.code_base.contracts.contracts:
        if not isinstance(contract, AsOfContract):
            continue
        for key in SelectedBodies(contract.reads, sources.analysis).all():
            if key[1]:
                found.setdefault(qualified(key), "PASS")
        for finding in sources.report.findings:
            if finding.contract == contract.id and finding.symbols:
                before = found.get(finding.symbols[0], "PASS")
                found[finding.symbols[0]] = max(before, finding.verdict.value, key=_SEVERITY.index)
    return found


_SEVERITY = ("PASS", "WARN", "FAIL")


def _layers(sources: Sources, fact: RouteFact) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    for module, rest in _closed(sources, {_split(sources, name) for name in fact.functions}):
        unit = sources.analysis.project.unit(module) if module else None
        # Layers that are cut into domains do the work; the others serve all operations alike.
        if unit is not None and unit.domain is not None and not rest.rpartition(".")[2].startswith("_"):
            found.setdefault(unit.layer, []).append(f"{module.rpartition('.')[2]}.{rest}")
    return tuple((layer, tuple(sorted(names))) for layer, names in found.items())


def _split(sources: Sources, name: str) -> tuple[str, str]:
    """Module of a qualified name, and the rest of it."""
    module = name
    while module and not sources.analysis.project.has(module):
        module = module.rpartition(".")[0]
    return module, name[len(module) + 1 :]


def _closed(sources: Sources, reached: set[Key]) -> set[Key]:
    """*reached*, and what its last functions call: where symbolic execution stops, the call graph leads on."""
    closed = set(reached)
    pending = [key for key in reached if reached.isdisjoint(_targets(sources, key))]
    while pending:
        for target in _targets(sources, pending.pop()):
            if target not in closed:
                closed.add(target)
                pending.append(target)
    return closed


def _targets(sources: Sources, key: Key) -> list[Key]:
    """What a function calls for certain, each once, in the order of its code."""
    project = sources.analysis.project
    calls = [edge for edge in sources.analysis.effects.of(key).edges if edge.certain and edge.qualname]
    return list(dict.fromkeys(e.target for e in calls if project.has(e.module) and e.target != key))


def _chains(sources: Sources, facts: list[RouteFact]) -> list[ChainDoc]:
    by_operation: dict[str, list[RouteFact]] = {}
    for fact in facts:
        for operation in fact.operations:
            by_operation.setdefault(operation, []).append(fact)
    chains: list[ChainDoc] = []
    for operation, routes in sorted(by_operation.items()):
        reached = _closed(sources, {_split(sources, name) for fact in routes for name in fact.functions})
        called = {target for key in reached for target in _targets(sources, key)}
        seen: set[Key] = set()
        lines: list[str] = []
        for root in sorted(key for key in reached if key not in called):
            lines += _walk(sources, root, reached, seen, 0)
        ordered = sorted(routes, key=lambda f: (f.path, f.method))
        chains.append(ChainDoc(operation, tuple(ordered), tuple(lines)))
    return chains


def _walk(sources: Sources, key: Key, within: set[Key], seen: set[Key], depth: int) -> Iterator[str]:
    layer = sources.layer_of(key[0])
    what = f"`{key[0].rpartition('.')[2]}.{key[1]}`{f' ({layer.id})' if layer is not None else ''}"
    tables = sorted(
        {
            f"{effect.name.rpartition('.')[2]}s {effect.table}"
            for site in sources.analysis.effects.of(key).sites
            for effect in site.effects
            if effect.table and site.certain
        }
    )
    does = f": {', '.join(tables)}" if tables else ""
    yield f"{'  ' * depth}- {what}{does}{' …' if key in seen else ''}"
    if key in seen or depth > _DEPTH:
        return
    seen.add(key)
    for target in _targets(sources, key):
        if target in within:
            yield from _walk(sources, target, within, seen, depth + 1)
