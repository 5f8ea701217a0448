"""``archwright check``: every contract, one verdict."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from archwright.cli.errors import ConfigurationError
from archwright.cli.formats import (
    FORMATS,
    NAMES,
    OF_CHECKOUTS,
    TEXT,
    Output,
    complete,
    in_checkout,
    parse_output,
)
from archwright.cli.output import append_file, stdout_style, write, write_file
from archwright.cli.policy import in_scope, policy_of, today_option
from archwright.cli.project import ProjectOptions, color_option, project_options
from archwright.contracts.language import Contract, ContractErrors
from archwright.gate.results import Report
from archwright.gate.run import SECONDS_PER_CONTRACT, run
from archwright.report import terminal
from archwright.report.source_lines import SourceLines
from archwright.source.files import read_source

_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""Where a step of a GitHub workflow may write Markdown."""
_STEP_SUMMARY_BYTES = 1_000_000
"""GitHub drops a summary of more than 1 MiB."""


@click.command(short_help="Decide every contract.")
@project_options
@click.option("--strict", is_flag=True, help="Fail on WARN as well.")
@click.option(
    "--format",
    "outputs",
    type=parse_output,
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"{', '.join(NAMES)}; repeatable. Without FILE it goes to stdout, in place of text.",
)
@click.option("--matrix", is_flag=True, help="Print only the table of verifiers and verdicts, as Markdown.")
@click.option(
    "--staged", is_flag=True, help="Check what is in git's index; report what the staged change touches."
)
@click.option("--since", metavar="REV", help="Report what has been touched since the fork from REV.")
@today_option
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=SECONDS_PER_CONTRACT,
    show_default=True,
    metavar="SECONDS",
    help="How long one contract may take; then it fails.",
)
@color_option
@click.option("--quiet", "-q", is_flag=True, help="Print findings only, and nothing when there are none.")
def check(
    options: ProjectOptions,
    strict: bool,
    outputs: tuple[Output, ...],
    matrix: bool,
    staged: bool,
    since: str | None,
    today: date,
    timeout: float,
    color: str,
    quiet: bool,
) -> None:
    """Decide every contract; print the matrix, each finding and the verdict.

    With --staged or --since the verdicts still rest on the whole code base; only findings are reported that lie in
    changed files, pass through them, or were not there before.
    """
    if matrix and any(not output.path for output in outputs):
        raise click.UsageError("--matrix goes to stdout; write the other format as --format FORMAT=FILE")
    outputs = outputs if matrix else complete(outputs)
    summed_up = _step_summary(outputs)
    try:
        with in_scope(options, today, staged=staged, since=since) as (checked, change):
            report = run(
                checked.directory,
                contract_dir=checked.contract_dir,
                cache_dir=checked.cache_dir,
                strict=strict,
                jobs=checked.jobs,
                policy=policy_of(checked, today, change),
                seconds=timeout,
                on_crash=_show_traceback if options.debug else None,
            )
            texts = [
                _rendered(report, output, checked, options.directory, color, quiet) for output in outputs
            ]
            markdown = Output("markdown")
            summary = (
                _rendered(report, markdown, checked, options.directory, color, quiet) if summed_up else ""
            )
    except ContractErrors as errors:
        _write(outputs, [_rendered_errors(errors, output, options) for output in outputs])
        if summed_up:
            append_file(summed_up, FORMATS["markdown"]().render_errors(errors.errors))
        raise ConfigurationError.of(errors) from None
    if matrix:
        from archwright.report.matrix import render

        write(render(report))
    _write(outputs, texts)
    if summed_up:
        from archwright.report.markdown import fitting

        append_file(summed_up, fitting(summary, _STEP_SUMMARY_BYTES))
    click.get_current_context().exit(int(report.failed))


def _rendered(
    report: Report, output: Output, options: ProjectOptions, original: Path, color: str, quiet: bool
) -> str:
    source = options.source_lines()
    if output.format in OF_CHECKOUTS and (directory := in_checkout(original)):
        from archwright.report.below import below

        report = below(report, directory)
        source = SourceLines(lambda path: read_source(options.directory / path[len(directory) + 1 :]))
    if output.format != TEXT:
        return FORMATS[output.format]().render(report, source, options.open)
    style = stdout_style(color if not output.path else "never")
    return terminal.render(report, source, style, quiet=quiet)


def _rendered_errors(errors: ContractErrors, output: Output, options: ProjectOptions) -> str:
    if output.format == TEXT:
        return ""  # stderr says it
    listed = errors.errors
    if output.format in OF_CHECKOUTS and (directory := in_checkout(options.directory)):
        from archwright.report.below import errors_below

        listed = tuple(errors_below(listed, directory))
    return FORMATS[output.format]().render_errors(listed)


def _write(outputs: Sequence[Output], texts: Sequence[str]) -> None:
    for output, text in zip(outputs, texts, strict=True):
        if output.path:
            write_file(output.path, text)
        else:
            write(text)


def _step_summary(outputs: Sequence[Output]) -> str:
    """The file of the step summary: annotations have room for ten findings, the summary has it for all."""
    return os.environ.get(_STEP_SUMMARY, "") if any(o.format == "github" for o in outputs) else ""


def _show_traceback(contract: Contract, error: Exception) -> None:
    import sys
    import traceback

    print(f"while deciding {contract.id}:", file=sys.stderr)
    traceback.print_exception(error)
