"""The code base as a picture needs it: layers top to bottom, the modules in them, and who imports whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from archwright.contracts.topology import Topology, Unit
from archwright.gate.codebase import CodeBase
from archwright.gate.results import Report, ReportedFinding
from archwright.model import Location, Verdict


class Module(msgspec.Struct, frozen=True):
    """One module."""

    name: str
    path: str
    group: str
    """What the layer's pattern captured from its name (``analytics``, ``cus / analytics``); empty: nothing."""


class Band(msgspec.Struct, frozen=True):
    """One layer with its modules."""

    id: str
    name: str
    topology: str
    """The id of the topology it is in, where there are several; else empty."""
    contract: str
    """What code in it may and must do; empty for modules that are in no layer, or in several."""
    modules: tuple[Module, ...]
    """By group, then name."""


class Edge(msgspec.Struct, frozen=True):
    """The imports of one module by another."""

    source: str
    target: str
    line: int
    """Where the first of them stands; the worst, where some break a contract."""
    verdict: Verdict
    """PASS: no contract has anything against it."""
    suppressed: bool = False
    """Whether a contract has, and that is waived or in the baseline."""


class Architecture(msgspec.Struct, frozen=True):
    """Everything that is drawn."""

    bands: tuple[Band, ...]
    edges: tuple[Edge, ...]
    """By source and target; of this code base only."""


NO_LAYER = "no layer"


def architecture(code_base: CodeBase, report: Report) -> Architecture:
    """The picture of *code_base* with what *report* says about its imports."""
    return Architecture(tuple(_bands(code_base)), tuple(_edges(code_base, report)))


def _bands(code_base: CodeBase) -> Iterator[Band]:
    project = code_base.analysis.project
    of_layer: dict[str, list[Module]] = {}
    astray: list[Module] = []
    for name in project.modules:
        unit = project.unit(name)
        path = project.file(name).path
        if unit is not None:
            of_layer.setdefault(unit.layer, []).append(Module(name, path, _group(unit)))
        elif project.topologies.covered(name) or not project.topologies.classify(name):
            astray.append(Module(name, path, ""))
        else:
            astray.append(Module(name, path, "in several layers"))
    several = len(project.topologies) > 1
    for topology in project.topologies:
        yield from _of_topology(topology, of_layer, str(topology.id) if several else "")
    if astray:
        yield Band(
            NO_LAYER, "Modules in no layer, or in several", "", "", tuple(sorted(astray, key=_by_group))
        )


def _of_topology(topology: Topology, of_layer: dict[str, list[Module]], shown: str) -> Iterator[Band]:
    for layer in topology.layers:
        modules = of_layer.get(layer.id, [])
        if modules:
            yield Band(
                str(layer.id), layer.name, shown, layer.contract, tuple(sorted(modules, key=_by_group))
            )


def _by_group(module: Module) -> tuple[str, str]:
    return module.group, module.name


def _group(unit: Unit) -> str:
    return " / ".join(unit.captures.values())


def _edges(code_base: CodeBase, report: Report) -> Iterator[Edge]:
    counting = _places(report.findings)
    silent = _places(report.suppressed)
    analysis = code_base.analysis
    found: dict[tuple[str, str], Edge] = {}
    for module in analysis.project.modules:
        for imported in analysis.imports(module):
            target = imported.origin if analysis.project.has(imported.origin) else imported.target
            if imported.external or target == module:
                continue
            at = imported.location
            edge = Edge(module, target, at.line, counting.get(at, Verdict.PASS), at in silent)
            known = found.get((module, target))
            if known is None or _worse(edge, known):
                found[module, target] = edge
    yield from sorted(found.values(), key=lambda e: (e.source, e.target))


def _places(findings: Iterable[ReportedFinding]) -> dict[Location, Verdict]:
    """The worst verdict at each place that findings are at or lead through."""
    places: dict[Location, Verdict] = {}
    for finding in findings:
        for at in (finding.location, *(step.location for step in finding.steps)):
            if at is not None:
                places[at] = Verdict.worst([finding.verdict, places.get(at, Verdict.PASS)])
    return places


def _worse(edge: Edge, known: Edge) -> bool:
    if edge.verdict is not known.verdict:
        return Verdict.worst([edge.verdict, known.verdict]) is edge.verdict
    return edge.suppressed and not known.suppressed
