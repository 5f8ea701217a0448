"""A report as annotations of a GitHub workflow: the worst findings beside the code, and one line for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archwright.contracts.errors import ContractError
from archwright.gate.results import ContractResult, Report, ReportedFinding
from archwright.model import Location, Verdict
from archwright.report import terminal
from archwright.report.style import Style
from archwright.report.text import counted, printable

SHOWN = 10
"""GitHub displays ten annotations of a kind for each step, and says nothing of the others."""

_COMMANDS = {Verdict.PASS: "notice", Verdict.WARN: "warning", Verdict.FAIL: "error"}


def render(report: Report) -> str:
    """The annotations of the worst findings, then a notice, which no limit on errors hides, with the verdict."""
    contracts = {contract.id: contract for contract in report.contracts}
    worst = sorted(report.findings, key=lambda f: f.verdict is not Verdict.FAIL)
    lines = [_annotation(finding, contracts[finding.contract], report.strict) for finding in worst[:SHOWN]]
    lines.append(_summary(report, len(worst) - SHOWN))
    return "\n".join(lines) + "\n"


def render_errors(errors: Iterable[ContractError]) -> str:
    """A run that did not take place because the contracts cannot be used."""
    listed = list(errors)
    lines = []
    for error in listed[:SHOWN]:
        text = f"{error.message}; {error.hint}" if error.hint else error.message
        place = Location(error.path, error.line, error.column)
        lines.append(_command("error", _properties(place, "archwright: contracts"), text))
    count = counted(len(listed), "configuration error")
    lines.append(_command("notice", {"title": "archwright: ERROR"}, f"{count}; nothing was checked"))
    return "\n".join(lines) + "\n"


def _annotation(finding: ReportedFinding, contract: ContractResult, strict: bool) -> str:
    kind = "error" if strict else _COMMANDS[finding.verdict]
    text = "\n".join(
        [
            printable(finding.message),
            *(f"{number}. {printable(step.text)}" for number, step in enumerate(finding.steps, 1)),
            f"why: {_prose(contract.why)}",
            f"fix: {_prose(contract.fix)}",
            *([f"ask: {_prose(contract.owner)}"] if contract.owner else []),
        ]
    )
    title = f"{finding.verdict.value} {finding.contract}"
    return _command(kind, _properties(finding.location, title), text)


def _summary(report: Report, left: int) -> str:
    text = terminal.summary(report, Style())
    if left > 0:
        text += f"; {counted(left, 'more finding')} not shown here"
    return _command("notice", {"title": f"archwright: {report.verdict.value}"}, text)


def _properties(location: Location, title: str) -> dict[str, str]:
    properties = {"file": location.path}
    if location.line:
        properties |= {"line": str(location.line), "col": str(max(location.column, 1))}
    if location.end_line:
        properties["endLine"] = str(location.end_line)
        if location.end_line == location.line and location.end_column > location.column:
            properties["endColumn"] = str(location.end_column)
    return {**properties, "title": title}


def _command(name: str, properties: dict[str, str], text: str) -> str:
    written = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items())
    return f"::{name} {written}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    return "".join(_percent(text, "%\r\n" + more))


def _percent(text: str, special: str) -> Iterator[str]:
    for char in text:
        yield f"%{ord(char):02X}" if char in special else char


def _prose(text: str) -> str:
    return printable(" ".join(text.split()))
