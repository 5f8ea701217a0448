"""A report as one HTML file: everything is in it, nothing is fetched, and only its own script runs."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from archwright.contracts.errors import ContractError
from archwright.gate.architecture import Architecture
from archwright.gate.results import Report, ReportedFinding
from archwright.model import Location, Verdict
from archwright.report.matrix import title
from archwright.report.source_lines import SourceLines
from archwright.report.terminal import scope
from archwright.report.text import counted, place, printable

_TEMPLATES = Path(__file__).parent / "templates"
_CODE = re.compile("`([^`]+)`")
_AROUND = 2
"""Lines of source shown before and after the place of a finding."""
_MAX_SOURCE = 240


class SourceLine(msgspec.Struct, frozen=True):
    """One line of source as shown, cut into what stands before, in and after the place."""

    number: int
    before: str
    marked: str = ""
    after: str = ""


class Shown(msgspec.Struct, frozen=True):
    """A finding with what is shown of its source."""

    finding: ReportedFinding
    state: str
    """``FAIL``, ``WARN`` or ``suppressed``: what it is filtered by."""
    lines: tuple[SourceLine, ...]
    steps: tuple[tuple[str, str, tuple[SourceLine, ...]], ...]
    """Text, place and source of each."""
    text: str
    """What a search looks through."""


def render(report: Report, source: SourceLines, picture: Architecture) -> str:
    """The whole report."""
    found = [*report.findings, *report.suppressed]
    worst = {Verdict.FAIL: 0, Verdict.WARN: 1, Verdict.PASS: 2}
    found.sort(key=lambda f: (f.suppression is not None, worst[f.verdict]))
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            rows=[(title(row.kind), row) for row in report.rows],
            summary=_summary(report),
            contracts={contract.id: contract for contract in report.contracts},
            findings=[_shown(finding, source) for finding in found],
            picture=picture,
            graph=_json(_graph(picture)),
            troubled=_troubled(picture, report),
            **_inlined(),
        )
    )


def render_errors(errors: Iterable[ContractError], tool_version: str) -> str:
    """A run that did not take place because the contracts cannot be used."""
    return (
        _environment()
        .get_template("errors.html.jinja")
        .render(
            errors=[(place(Location(e.path, e.line, e.column)), e) for e in errors],
            version=tool_version,
            **_inlined(),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(place=place, coded=_coded, short=_short, prose=_prose)
    environment.globals.update(counted=counted)
    return environment


def _inlined() -> dict[str, str]:
    """Style and script, and the hash by which the page allows this script and no other."""
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {"script": script, "style": style, "script_hash": f"sha256-{digest}"}


def _summary(report: Report) -> list[str]:
    total = report.total
    parts = [
        f"{total.decided} of {counted(total.sites, 'site')} decided",
        counted(report.files.found, "file"),
    ]
    if report.files.unreadable:
        parts.append(f"{report.files.unreadable} unreadable")
    if report.strict:
        parts.append("strict: WARN fails")
    if report.scope is not None:
        parts.append(scope(report.scope))
    return parts


def _shown(finding: ReportedFinding, source: SourceLines) -> Shown:
    steps = tuple(
        (
            printable(step.text),
            place(step.location) if step.location else "",
            tuple(_excerpt(step.location, source, 0)) if step.location else (),
        )
        for step in finding.steps
    )
    texts = (
        finding.contract,
        finding.kind,
        finding.evidence,
        *finding.symbols,
        finding.message,
        finding.location.path,
    )
    return Shown(
        finding,
        "suppressed" if finding.suppression is not None else finding.verdict.value,
        tuple(_excerpt(finding.location, source, _AROUND)),
        steps,
        printable(" ".join(texts)).lower(),
    )


def _excerpt(location: Location, source: SourceLines, around: int) -> Iterator[SourceLine]:
    for number in range(max(location.line - around, 1), location.line + around + 1):
        line = source.line(location.path, number)
        if line is None:
            continue
        if number != location.line:
            yield SourceLine(number, printable(line[:_MAX_SOURCE]))
            continue
        start = min(max(location.column - 1, 0), len(line))
        end = location.end_column - 1 if location.end_line == location.line else len(line.rstrip())
        end = max(min(end, start + _MAX_SOURCE), start)
        yield SourceLine(
            number,
            printable(line[max(start - _MAX_SOURCE, 0) : start]),
            printable(line[start:end]),
            printable(line[end : end + _MAX_SOURCE]),
        )


def _graph(picture: Architecture) -> dict[str, Any]:
    """The edges by the numbers of the modules in the order they are drawn in."""
    number: dict[str, int] = {}
    for band in picture.bands:
        for module in band.modules:
            number[module.name] = len(number)
    state = {Verdict.PASS: 0, Verdict.WARN: 1, Verdict.FAIL: 2}
    return {
        "modules": list(number),
        "edges": [
            [
                number[edge.source],
                number[edge.target],
                3 if edge.suppressed and not state[edge.verdict] else state[edge.verdict],
            ]
            for edge in picture.edges
            if edge.source in number and edge.target in number
        ],
        "paths": [module.path for band in picture.bands for module in band.modules],
    }


def _troubled(picture: Architecture, report: Report) -> dict[str, str]:
    """The worst verdict of the findings in each module's file, by module."""
    by_path: dict[str, Verdict] = {}
    for finding in report.findings:
        by_path[finding.location.path] = Verdict.worst(
            [finding.verdict, by_path.get(finding.location.path, Verdict.PASS)]
        )
    modules = (module for band in picture.bands for module in band.modules)
    return {m.name: by_path[m.path].value for m in modules if m.path in by_path}


def _short(module: str) -> str:
    """The end of a module's name: enough to be recognised beside its neighbours."""
    return module.rpartition(".")[2]


def _coded(text: str) -> Markup:
    """*text* as HTML, with what stands in backticks as code."""
    parts = _CODE.split(printable(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part for number, part in enumerate(parts)
    )


def _prose(text: str) -> str:
    return printable(" ".join(text.split()))


def _json(value: object) -> str:
    """JSON that cannot end the element it stands in."""
    text = msgspec.json.encode(value).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
