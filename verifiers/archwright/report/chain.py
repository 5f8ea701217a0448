"""A chain of imports, hop by hop, with what the contracts say about each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archwright.gate.chains import Hop
from archwright.report.style import Style
from archwright.report.text import counted, place, printable


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
