"""One contract in full: what it says, why, and what it came to on this code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archwright.gate.results import ContractResult, Report
from archwright.model import Location
from archwright.report import terminal
from archwright.report.source_lines import SourceLines
from archwright.report.style import Style
from archwright.report.text import counted, place, printable


def render(
    report: Report, contract: ContractResult, sources: Mapping[str, bytes], source: SourceLines, style: Style
) -> str:
    """The explanation of *contract*; *report* holds what it came to, *sources* the contract files."""
    blocks = ["\n".join(_head(contract, style))]
    written = _as_written(contract.origin, sources)
    if written:
        blocks.append("\n".join(f"  {printable(line)}".rstrip() for line in written))
    blocks.append(_tally(contract, style))
    blocks += terminal.findings(report, source, style, limit=None)
    if report.suppressed:
        blocks.append("\n".join(terminal.suppressed(report, style)))
    return "\n\n".join(blocks) + "\n"


def _head(contract: ContractResult, style: Style) -> Iterator[str]:
    kind = f"{contract.kind}, {contract.rule}" if contract.rule else contract.kind
    origin = place(contract.origin) if contract.origin.line else "built in"
    yield f"{style.bold(contract.id)} ({kind}) {style.dim(origin)}"
    facts = {
        "why": contract.why,
        "fix": contract.fix,
        "owner": contract.owner or "nobody is named",
        "severity": contract.severity,
    }
    for label, text in facts.items():
        yield f"  {style.bold(f'{label:8}')} {printable(' '.join(text.split()))}"


def _as_written(origin: Location, sources: Mapping[str, bytes]) -> list[str]:
    """The lines of the contract in its file, without their common indentation."""
    data = sources.get(origin.path)
    if data is None:
        return []
    lines = data.decode("utf-8-sig", errors="replace").splitlines()
    # A block ends where the next one begins; what stands between belongs to neither.
    last = origin.end_line if origin.end_column > origin.column else origin.end_line - 1
    block = lines[origin.line - 1 : max(last, origin.line)]
    while block and (not block[-1].strip() or block[-1].lstrip().startswith("#")):
        block.pop()
    indent = min((len(line) - len(line.lstrip()) for line in block if line.strip()), default=0)
    return [line[indent:] for line in block]


def _tally(contract: ContractResult, style: Style) -> str:
    verdict = style.verdict(contract.verdict)
    sites = f"{contract.decided} of {counted(contract.sites, 'site')} decided"
    found = f"{contract.passed} PASS, {contract.warned} WARN, {contract.failed} FAIL"
    if contract.suppressed:
        found += f", {contract.suppressed} suppressed"
    return f" {style.dot} ".join([verdict, sites, found])
