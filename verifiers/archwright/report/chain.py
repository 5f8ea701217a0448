"""A chain of imports, hop by hop, with what the contracts say about each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from archwright.contracts.language import Topologies, Unit
from archwright.gate.results import Report
from archwright.model import Location, Verdict
from archwright.project.analysis import Analysis
from archwright.project.imports import ImportEdge
from archwright.report.style import Style
from archwright.report.text import counted, place, printable


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


def hops(chain: Sequence[ImportEdge], analysis: Analysis, report: Report) -> tuple[Hop, ...]:
    """The chain with the rules it runs into."""
    project = analysis.project
    return tuple(
        Hop(
            edge.source,
            edge.target,
            edge.mode,
            edge.location,
            _rule(project.topologies, project.unit(edge.source), project.unit(edge.target)),
            tuple(
                sorted(
                    {
                        (finding.contract, finding.verdict)
                        for finding in report.findings
                        if finding.location == edge.location
                    }
                )
            ),
        )
        for edge in chain
    )


def render(found: Sequence[Hop], style: Style) -> str:
    """The chain as text."""
    lines = [
        f"{style.bold(found[0].source)} reaches {style.bold(found[-1].target)} in {counted(len(found), 'import')}"
    ]
    for number, hop in enumerate(found, 1):
        lines += _hop(number, hop, style)
    return "\n".join(lines) + "\n"


def _hop(number: int, hop: Hop, style: Style) -> Iterator[str]:
    yield f"  {number}. {printable(hop.source)} {style.arrow} {printable(hop.target)} ({hop.mode}) {style.dim(place(hop.location))}"
    margin = " " * (len(str(number)) + 4)
    if hop.rule:
        yield f"{margin}{style.dim('wiring:')} {printable(hop.rule)}"
    for contract, verdict in hop.judged_by:
        yield f"{margin}{style.verdict(verdict)} {contract}"


def _rule(topologies: Topologies, source: Unit | None, target: Unit | None) -> str:
    """The entry of the import matrix for two units."""
    if source is None or target is None:
        return ""
    for topology in topologies:
        for layer, row in topology.wiring.items():
            if layer != source.layer:
                continue
            domain = ", own domain only" if row.domain == "same" else ""
            for words, allowed in (
                ("must not import", row.must_not),
                ("should import", row.should),
                ("may import", row.may),
            ):
                if target.layer in allowed:
                    return (
                        f"{source.layer} {words} {target.layer}{'' if words == 'must not import' else domain}"
                    )
            if target.layer == source.layer:
                return f"within {source.layer}{domain}"
            return f"{source.layer} has no wiring to {target.layer}"
    return ""
