"""A report as Markdown, made to be read on GitHub: in a file, a comment or a step summary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archwright.contracts.errors import ContractError
from archwright.gate.results import ContractResult, MatrixRow, Report, ReportedFinding
from archwright.model import Location, Verdict
from archwright.report.source_lines import SourceLines
from archwright.report.terminal import scope
from archwright.report.text import counted, place, printable

_SPECIAL = re.compile(r"([\\*_\[\]<>|#~&@])")
_CODE = re.compile(r"(`[^`]+`)")
_MAX_SOURCE = 160


def render(report: Report, source: SourceLines) -> str:
    """The whole report: the matrix, then the findings of each contract under its reason and remedy."""
    total = report.total
    verdict = f"{report.verdict.value}{' (strict)' if report.strict else ''}"
    files = counted(report.files.found, "file")
    if report.files.unreadable:
        files += f" ({report.files.unreadable} unreadable)"
    blocks = [
        f"## archwright: {verdict}",
        f"{total.decided} of {counted(total.sites, 'site')} decided in {files}.{_scope(report)}",
        "\n".join(_matrix(report)),
    ]
    for contract in sorted(report.contracts, key=lambda c: (c.verdict is not Verdict.FAIL, c.kind, c.id)):
        found = [finding for finding in report.findings if finding.contract == contract.id]
        if found:
            blocks += _contract(contract, found, source)
    blocks += _suppressed(report)
    return "\n\n".join(blocks) + "\n"


def fitting(text: str, size: int) -> str:
    """*text*, cut before a finding where it is longer than *size* bytes, with a word on what is left out."""
    if len(text.encode()) <= size:
        return text
    kept = text.encode()[: size - 200].decode(errors="ignore")
    kept = kept[: max(kept.rfind("\n- **"), kept.rfind("\n### "), 0)]
    left = text[len(kept) :].count("\n- **")
    return f"{kept.rstrip()}\n\n{counted(left, 'more finding')} left out: there is no room for more here.\n"


def render_errors(errors: Iterable[ContractError]) -> str:
    """A run that did not take place because the contracts cannot be used."""
    items = []
    for error in errors:
        where = place(Location(error.path, error.line, error.column))
        hint = f"<br>{_escaped(error.hint)}" if error.hint else ""
        items.append(f"- {_code(where)} {_escaped(error.message)}{hint}")
    return "\n\n".join(["## archwright: ERROR", "The contracts cannot be used.", "\n".join(items)]) + "\n"


def _matrix(report: Report) -> Iterator[str]:
    yield "| | contracts | sites | PASS | WARN | FAIL |"
    yield "|:--|--:|--:|--:|--:|--:|"
    for row in report.rows:
        yield _matrix_row(row.kind, row)
    yield _matrix_row("**total**", report.total)


def _matrix_row(name: str, row: MatrixRow) -> str:
    cells = (row.contracts, row.sites, row.passed, row.warned, row.failed)
    return f"| {name} | {' | '.join(map(str, cells))} |"


def _contract(contract: ContractResult, found: list[ReportedFinding], source: SourceLines) -> Iterator[str]:
    yield f"### {contract.verdict.value} {_code(contract.id)}: {counted(len(found), 'finding')}"
    reasons = [f"**Why:** {_escaped(contract.why)}", f"**Fix:** {_escaped(contract.fix)}"]
    if contract.owner:
        reasons.append(f"**Ask:** {_escaped(contract.owner)}")
    yield "  \n".join(f"> {reason}" for reason in reasons)
    for finding in found:
        yield "\n".join(_finding(finding, source))


def _suppressed(report: Report) -> Iterator[str]:
    if not report.suppressed:
        return
    yield f"### Suppressed: {counted(len(report.suppressed), 'finding')}"
    lines = []
    for finding in report.suppressed:
        by = finding.suppression
        why = "in the baseline"
        if by is not None and by.by == "waiver":
            why = f"waived until {by.until} by {_escaped(by.owner or '')}: {_escaped(by.reason or '')}"
        where = _code(place(finding.location))
        lines.append(f"- {where} {_code(finding.contract)} {_escaped(finding.message)} ({why})")
    yield "\n".join(lines)


def _scope(report: Report) -> str:
    return "" if report.scope is None else f" Only {_escaped(scope(report.scope))}."


def _finding(finding: ReportedFinding, source: SourceLines) -> Iterator[str]:
    also = f" ({counted(finding.count, 'place')})" if finding.count > 1 else ""
    where = _code(place(finding.location))
    yield f"- **{finding.verdict.value}** {where} {_escaped(finding.message)}{also}"
    line = source.line(finding.location.path, finding.location.line)
    if line is not None and line.strip():
        shown = printable(line.strip())
        shown = shown if len(shown) <= _MAX_SOURCE else shown[:_MAX_SOURCE] + "…"
        fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", shown)), default=0))
        yield ""
        yield f"  {fence}{'python' if finding.location.path.endswith('.py') else 'yaml'}"
        yield f"  {shown}"
        yield f"  {fence}"
    if finding.steps:
        yield ""
    for number, step in enumerate(finding.steps, 1):
        at = f" {_code(place(step.location))}" if step.location else ""
        yield f"  {number}. {_escaped(step.text)}{at}"


def _escaped(text: str) -> str:
    """*text* to be read as it is; what stands in backticks stays code."""
    parts = _CODE.split(printable(" ".join(text.split())))
    return "".join(
        part if _CODE.fullmatch(part) else _SPECIAL.sub(r"\\\1", part).replace("`", "\\`") for part in parts
    )


def _code(text: str) -> str:
    fence = "`" * (1 + max(map(len, re.findall(r"`+", text)), default=0))
    return f"{fence} {text} {fence}" if len(fence) > 1 else f"{fence}{text}{fence}"
