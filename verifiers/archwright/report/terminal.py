"""A report as text for people: the matrix, each finding as a diagnostic, and a last line that says it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archwright.gate.results import MatrixRow, Report, Scope
from archwright.model import Verdict
from archwright.report.diagnostic import diagnostic
from archwright.report.source_lines import SourceLines
from archwright.report.style import Style
from archwright.report.text import counted, place, printable

_SHOWN_PER_CONTRACT = 50
"""Diagnostics of one contract that are shown; a contract new to an old code base may find thousands."""


def render(report: Report, source: SourceLines, style: Style, *, quiet: bool = False) -> str:
    """The whole report. *quiet*: only findings, and nothing at all where there are none."""
    blocks: list[str] = []
    if not quiet:
        blocks.append("\n".join(matrix(report, style)))
    blocks += findings(report, source, style)
    if not quiet and report.suppressed:
        blocks.append("\n".join(suppressed(report, style)))
    if not quiet:
        blocks.append(summary(report, style))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def matrix(report: Report, style: Style) -> Iterator[str]:
    """One line per kind, and the total."""
    heads = ("contracts", "sites", *(verdict.value for verdict in Verdict))
    rows = [*report.rows, report.total]
    name_width = max(len(row.kind) for row in rows)
    widths = [max(len(head), *(len(str(_cells(row)[i])) for row in rows)) for i, head in enumerate(heads)]
    titles = "   ".join(f"{head:>{w}}" for head, w in zip(heads, widths, strict=True))
    yield style.dim(f"{'':{name_width}}   {titles}")
    for row in rows:
        cells = [f"{cell:>{w}}" for cell, w in zip(_cells(row), widths, strict=True)]
        for position, verdict in ((3, Verdict.WARN), (4, Verdict.FAIL)):
            if _cells(row)[position]:
                cells[position] = style.verdict(verdict, cells[position])
        name = f"{row.kind:{name_width}}"
        line = "   ".join([name, *cells])
        yield line


def findings(
    report: Report, source: SourceLines, style: Style, *, limit: int | None = _SHOWN_PER_CONTRACT
) -> Iterator[str]:
    """Each finding as a block of lines; of each contract at most *limit*, and then how many were left out."""
    contracts = {contract.id: contract for contract in report.contracts}
    seen: Counter[str] = Counter()
    for finding in report.findings:
        seen[finding.contract] += 1
        if limit is None or seen[finding.contract] <= limit:
            yield "\n".join(diagnostic(finding, contracts[finding.contract], source, style))
    for contract, count in sorted(seen.items()):
        if limit is not None and count > limit:
            left = counted(count - limit, "more finding")
            yield f"{left} of {style.bold(contract)}; all of them: archwright explain {contract}"


def suppressed(report: Report, style: Style) -> Iterator[str]:
    """The findings that do not count, one line each, and who answers for them; those of the baseline are counted."""
    baselined = 0
    for finding in report.suppressed:
        by = finding.suppression
        if by is None or by.by == "baseline":
            baselined += 1
            continue
        owner = printable(f"until {by.until} by {by.owner}: {' '.join((by.reason or '').split())}")
        where = style.dim(place(finding.location))
        yield f"{where}: waived {style.bold(finding.contract)}: {printable(finding.message)} ({owner})"
    if baselined:
        yield f"{counted(baselined, 'finding')} in the baseline"


def summary(report: Report, style: Style) -> str:
    """The verdict and what it rests on."""
    total = report.total
    verdict = style.verdict(report.verdict)
    if report.failed and report.verdict is Verdict.WARN:
        verdict += " fails (--strict)"
    parts = [
        f"{total.decided} of {counted(total.sites, 'site')} decided",
        counted(report.files.found, "file"),
    ]
    if report.files.unreadable:
        parts[-1] += f", {report.files.unreadable} unreadable"
    if total.failed or total.warned:
        parts.insert(0, f"{total.failed} FAIL, {total.warned} WARN")
    if total.suppressed:
        parts.append(f"{total.suppressed} suppressed")
    if report.scope is not None:
        parts.append(scope(report.scope))
    return f" {style.dot} ".join([verdict, *parts])


def scope(limit: Scope) -> str:
    """To which change a report is limited, and what it leaves out."""
    change = f"{printable(limit.change)}: {counted(limit.files, 'file')} changed"
    return f"{change}, {counted(limit.outside, 'finding')} outside" if limit.outside else change


def _cells(row: MatrixRow) -> tuple[int, int, int, int, int]:
    return row.contracts, row.sites, row.passed, row.warned, row.failed
