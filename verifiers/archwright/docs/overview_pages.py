"""``MATRIX.md``, ``CONTRACTS.md`` and ``WIRING_MAP.md``: the verdicts, the rules, and which layer imports which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from archwright.contracts.language import Topology
from archwright.docs.diagram import draw
from archwright.docs.page import Page
from archwright.docs.sources import Sources
from archwright.docs.templates import Templates
from archwright.docs.topology_pages import wiring_of


class LayerEdge(msgspec.Struct, frozen=True, order=True):
    """All imports from one layer into another."""

    source: str
    target: str
    count: int
    """Import statements and attribute uses."""
    violations: int
    """How many of them a contract reports."""


def overview_pages(sources: Sources, templates: Templates) -> Iterator[Page]:
    """The pages about the project as a whole."""
    report = sources.report
    yield Page("MATRIX.md", templates.render("matrix.md.j2", report=report))
    contracts = [(c, [f for f in report.findings if f.contract == c.id]) for c in report.contracts]
    links = {c.id: sources.link("CONTRACTS.md", c.origin.path) for c in report.contracts if c.origin.line}
    yield Page(
        "CONTRACTS.md",
        templates.render("contracts.md.j2", contracts=contracts, links=links, scores=sources.scores),
    )
    maps = []
    for topology in sources.topologies():
        edges = layer_edges(sources, topology)
        diagram = f"diagrams/{topology.id}.svg"
        yield Page(diagram, draw(topology, edges))
        rows = [
            (layer, wiring_of(topology, layer), _pages(sources, topology, str(layer.id)))
            for layer in topology.layers
        ]
        maps.append({"topology": topology, "rows": rows, "edges": edges, "diagram": diagram})
    yield Page("WIRING_MAP.md", templates.render("wiring.md.j2", maps=maps))


def layer_edges(sources: Sources, topology: Topology) -> tuple[LayerEdge, ...]:
    """The imports between layers of *topology*, counted."""
    own = {str(layer.id) for layer in topology.layers}
    counts: Counter[tuple[str, str]] = Counter()
    broken: Counter[tuple[str, str]] = Counter()
    reported = {(f.location.path, f.location.line) for f in sources.report.findings if f.kind == "imports"}
    project = sources.analysis.project
    for module in project.modules:
        unit = project.unit(module)
        if unit is None or unit.layer not in own:
            continue
        for edge in sources.analysis.imports(module):
            target = None if edge.external or not project.has(edge.origin) else project.unit(edge.origin)
            if target is None or target.layer not in own or target.layer == unit.layer:
                continue
            key = (str(unit.layer), str(target.layer))
            counts[key] += 1
            broken[key] += (edge.location.path, edge.location.line) in reported
    return tuple(LayerEdge(*key, count, broken[key]) for key, count in sorted(counts.items()))


def _pages(sources: Sources, topology: Topology, layer: str) -> list[tuple[str, int, int]]:
    """Per domain of a layer: its name, files and lines."""
    found: dict[str, list[int]] = {}
    for doc in sources.modules:
        if doc.layer == layer:
            found.setdefault(sources.place(topology, doc), []).append(doc.lines)
    return [(domain, len(lines), sum(lines)) for domain, lines in sorted(found.items())]
