"""The shortest chain of imports from one part of a code base to another, and what the contracts say about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from archwright.contracts.language import Topologies, Unit, Wiring
from archwright.gate.results import Report
from archwright.model import Location, Verdict
from archwright.project.analysis import Analysis
from archwright.project.imports import ImportEdge


class Hop(msgspec.Struct, frozen=True):
    """One import of a chain."""

    source: str
    target: str
    mode: str
    location: Location
    rule: str
    """What the import matrix says about it; empty where it says nothing."""
    judged_by: tuple[tuple[str, Verdict], ...]
    """The contracts that have a finding at this import."""


def shortest_chain(
    analysis: Analysis, sources: Iterable[str], leads_to: Callable[[str], bool]
) -> tuple[ImportEdge, ...] | None:
    """The imports, in order, by which one of the modules *sources* reaches a name that *leads_to* accepts.

    Breadth first; of several shortest chains the one that comes first by names of modules and places. The names
    are those of modules of this code base and of what is imported from others. None when there is no chain.
    """
    queue = sorted(set(sources))
    seen = set(queue)
    back: dict[str, ImportEdge] = {}
    for module in queue:
        if not analysis.project.has(module):
            continue  # a namespace package imports nothing
        for edge in sorted(analysis.imports(module), key=lambda e: (e.target, e.location)):
            if leads_to(edge.target) and edge.target not in seen:
                return _back_to_source(edge, back)
            if not edge.external and edge.target not in seen:
                seen.add(edge.target)
                back[edge.target] = edge
                queue.append(edge.target)
    return None


def judged(chain: Sequence[ImportEdge], analysis: Analysis, report: Report) -> tuple[Hop, ...]:
    """The chain with the rules it runs into."""
    project = analysis.project
    return tuple(
        Hop(
            edge.source,
            edge.target,
            edge.mode,
            edge.location,
            _rule(project.topologies, project.unit(edge.source), project.unit(edge.target)),
            _judges(edge.location, report),
        )
        for edge in chain
    )


def _back_to_source(edge: ImportEdge, back: dict[str, ImportEdge]) -> tuple[ImportEdge, ...]:
    chain = [edge]
    while (before := back.get(chain[-1].source)) is not None:
        chain.append(before)
    return tuple(reversed(chain))


def _judges(location: Location, report: Report) -> tuple[tuple[str, Verdict], ...]:
    found = {
        (finding.contract, finding.verdict) for finding in report.findings if finding.location == location
    }
    return tuple(sorted(found))


def _rule(topologies: Topologies, source: Unit | None, target: Unit | None) -> str:
    """The entry of the import matrix for two units; empty where there is none."""
    if source is None or target is None:
        return ""
    rows = (row for topology in topologies for layer, row in topology.wiring.items() if layer == source.layer)
    row = next(rows, None)
    return "" if row is None else _entry(source.layer, target.layer, row)


def _entry(source: str, target: str, row: Wiring) -> str:
    if target in row.must_not:
        return f"{source} must not import {target}"
    domain = ", its own domain only" if row.domain == "same" else ""
    if target in row.should:
        return f"{source} should import {target}{domain}"
    if target in row.may:
        return f"{source} may import {target}{domain}"
    if target == source:
        return f"within {source}{domain}"
    return f"{source} has no wiring to {target}"
