"""One finding as a diagnostic: where, what, the source, how it comes about, why it matters and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.gate.results import ContractResult, ReportedFinding
from archwright.model import Location, Verdict
from archwright.report.source_lines import SourceLines
from archwright.report.style import Style
from archwright.report.text import counted, place, printable, width

_MAX_SOURCE = 110
"""Characters of a source line that are shown."""


def diagnostic(
    finding: ReportedFinding, contract: ContractResult, source: SourceLines, style: Style
) -> Iterator[str]:
    """The lines of the diagnostic."""
    where = place(finding.location)
    word = style.verdict(finding.verdict)
    message = printable(finding.message)
    also = f" ({counted(finding.count, 'place')})" if finding.count > 1 else ""
    yield f"{style.bold(where)}: {word} {style.bold(finding.contract)}: {message}{also}"
    gutter = len(str(finding.location.line)) if finding.location.line else 1
    margin = " " * gutter
    bar = style.dim(style.bar)
    shown = _snippet(finding.location, source, finding.verdict, style)
    if shown is not None:
        yield f"{margin} {bar}"
        yield f"{style.dim(str(finding.location.line))} {bar} {shown[0]}".rstrip()
        yield f"{margin} {bar} {shown[1]}"
    for number, step in enumerate(finding.steps, 1):
        at = f"  {style.dim(place(step.location))}" if step.location else ""
        yield f"{margin} {style.dim(f'{number}.')} {printable(step.text)}{at}"
    for label, text in (("why", contract.why), ("fix", contract.fix), ("ask", contract.owner)):
        if text:
            yield f"{margin} {style.dim('=')} {style.bold(label)}: {printable(' '.join(text.split()))}"


def _snippet(
    location: Location, source: SourceLines, verdict: Verdict, style: Style
) -> tuple[str, str] | None:
    """The source line and the line that marks the place in it; None where there is nothing to show."""
    line = source.line(location.path, location.line)
    if line is None or not line.strip():
        return None
    start = min(max(location.column - 1, 0), len(line))
    end = len(line.rstrip())
    if location.end_line == location.line and location.end_column > location.column:
        end = min(location.end_column - 1, len(line))
    elif not location.end_line:
        end = start + 1
    before, marked, after = line[:start], line[start : max(end, start + 1)], line[max(end, start + 1) :]
    cut = style.ellipsis
    if len(before) > _MAX_SOURCE // 2:
        before = cut + before[-(_MAX_SOURCE // 2) :]
    room = max(_MAX_SOURCE - len(before), _MAX_SOURCE // 4)
    if len(marked) > room:
        marked, after = marked[:room], cut
    elif len(marked) + len(after) > room:
        after = after[: room - len(marked)] + cut
    before, marked, after = printable(before), printable(marked), printable(after)
    underline = "^" * max(width(marked), 1)
    return before + marked + after, " " * width(before) + style.verdict(verdict, underline)
