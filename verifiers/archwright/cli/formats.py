"""The output formats of ``archwright check``: what ``--format`` takes, and who renders it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from archwright.contracts.errors import ContractError
from archwright.gate.results import Report
from archwright.gate.run import tool_version
from archwright.report.source_lines import SourceLines

if TYPE_CHECKING:
    from archwright.gate.codebase import CodeBase


Render = Callable[[Report, SourceLines, Callable[[], "CodeBase"]], str]
"""Shows a report; may read source lines, and look at the code base itself."""


class Format(msgspec.Struct, frozen=True):
    """How one format shows a report, and a run that did not take place because of its contracts."""

    render: Render
    render_errors: Callable[[Sequence[ContractError]], str]


def _json() -> Format:
    from archwright.report import json

    return Format(
        lambda report, _source, _code: json.render(report),
        lambda errors: json.render_errors(errors, tool_version()),
    )


def _sarif() -> Format:
    from archwright.report import sarif

    return Format(
        lambda report, source, _code: sarif.render(report, source),
        lambda errors: sarif.render_errors(errors, tool_version()),
    )


def _junit() -> Format:
    from archwright.report import junit

    return Format(
        lambda report, source, _code: junit.render(report, source),
        lambda errors: junit.render_errors(errors, tool_version()),
    )


def _github() -> Format:
    from archwright.report import github

    return Format(lambda report, _source, _code: github.render(report), github.render_errors)


def _markdown() -> Format:
    from archwright.report import markdown

    return Format(lambda report, source, _code: markdown.render(report, source), markdown.render_errors)


def _html() -> Format:
    from archwright.gate.architecture import architecture
    from archwright.report import html

    return Format(
        lambda report, source, code: html.render(report, source, architecture(code(), report)),
        lambda errors: html.render_errors(errors, tool_version()),
    )


TEXT = "text"
"""For people at a terminal; the only format that knows colours and widths."""

FORMATS: Mapping[str, Callable[[], Format]] = {
    "json": _json,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
    "markdown": _markdown,
    "html": _html,
}
"""All others, by name, each loaded when it is used: a run needs one or two of them."""

OF_CHECKOUTS = frozenset({"github", "sarif"})
"""Formats whose readers look for paths of the checkout, where others show those of the project."""

NAMES = (TEXT, *FORMATS)


class Output(msgspec.Struct, frozen=True):
    """One ``--format``: what to write, and the file to write it to (empty: stdout)."""

    format: str
    path: str = ""


def parse_output(value: str) -> Output:
    """``FORMAT`` or ``FORMAT=FILE``; raises ``click.BadParameter``."""
    name, separator, path = value.partition("=")
    if name not in NAMES:
        raise click.BadParameter(f'there is no format "{name}"; the formats are {", ".join(NAMES)}')
    if separator and not path:
        raise click.BadParameter(f'"{value}" names no file')
    return Output(name, path)


def complete(outputs: Sequence[Output]) -> tuple[Output, ...]:
    """*outputs*, and text where nothing else goes to stdout; raises ``click.UsageError`` where two things would."""
    to_stdout = [output for output in outputs if not output.path]
    if len(to_stdout) > 1:
        raise click.UsageError("only one format can go to stdout; write the others as --format FORMAT=FILE")
    return tuple(outputs) if to_stdout else (Output(TEXT), *outputs)


def in_checkout(project: Path) -> str:
    """The path of *project* in the checkout of a GitHub workflow; empty at its top and elsewhere."""
    checkout = os.environ.get("GITHUB_WORKSPACE")
    if not checkout:
        return ""
    top, here = Path(checkout).resolve(), project.resolve()
    return here.relative_to(top).as_posix() if top in here.parents else ""
