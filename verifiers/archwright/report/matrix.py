"""The matrix of the strict aggregator: verifier by verdict, as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.gate.results import MatrixRow, Report
from archwright.model import Verdict

_TITLES = {
    "declarations": "Declarations",
    "effects": "Effects",
    "events": "Event contract",
    "gate": "Waivers and baseline",
    "imports": "Imports",
    "ordering": "Ordering",
    "reads": "Deterministic read",
    "registry": "Operation registry",
    "shape": "Shape",
    "storage": "Storage contract",
    "topology": "Topology",
}


def render(report: Report) -> str:
    """The table: a row for each kind of contract, one for the aggregator, and the total.

    A kind counts what it decided; the aggregator counts contracts by the worst of what they came to, so its row
    shows how many stand behind the others.
    """
    return "\n".join(_lines(report)) + "\n"


def title(kind: str) -> str:
    """What the verifier of *kind* is called."""
    return _TITLES.get(kind, kind.capitalize())


def _lines(report: Report) -> Iterator[str]:
    yield "| Verifier | PASS | WARN | FAIL |"
    yield "|----------|------|------|------|"
    rows = [(title(row.kind), _verdicts(row)) for row in report.rows]
    rows.append((f"Aggregator{' (strict)' if report.strict else ''}", _contracts(report)))
    for name, cells in rows:
        yield _line(name, [str(cell) for cell in cells])
    total = [sum(column) for column in zip(*(cells for _, cells in rows), strict=True)]
    yield _line("**Total**", [f"**{cell}**" for cell in total])


def _verdicts(row: MatrixRow) -> tuple[int, int, int]:
    return row.passed, row.warned, row.failed


def _contracts(report: Report) -> tuple[int, int, int]:
    verdicts = [contract.verdict for contract in report.contracts]
    if report.strict:  # the aggregator lets no WARN pass
        verdicts = [Verdict.FAIL if verdict is Verdict.WARN else verdict for verdict in verdicts]
    return verdicts.count(Verdict.PASS), verdicts.count(Verdict.WARN), verdicts.count(Verdict.FAIL)


def _line(name: str, cells: list[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"
