"""``archwright check``: every contract, one verdict."""

from __future__ import annotations

import click
import msgspec

from archwright.cli.errors import ConfigurationError
from archwright.cli.output import stdout_style, write, write_file
from archwright.cli.project import ProjectOptions, color_option, project_options
from archwright.contracts.language import Contract, ContractErrors
from archwright.gate.results import Report
from archwright.gate.run import run, tool_version
from archwright.report import json, markdown, terminal

_FORMATS = ("text", "json", "markdown")


class Output(msgspec.Struct, frozen=True):
    """One ``--format``: what to write, and the file to write it to (empty: stdout)."""

    format: str
    path: str


def _output(value: str) -> Output:
    name, separator, path = value.partition("=")
    if name not in _FORMATS:
        raise click.BadParameter(f'there is no format "{name}"; the formats are {", ".join(_FORMATS)}')
    if separator and not path:
        raise click.BadParameter(f'"{value}" names no file')
    return Output(name, path)


@click.command(short_help="Decide every contract.")
@project_options
@click.option("--strict", is_flag=True, help="Fail on WARN as well.")
@click.option(
    "--format",
    "outputs",
    type=_output,
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"{', '.join(_FORMATS)}; repeatable. Without FILE it goes to stdout, in place of text.",
)
@color_option
@click.option("--quiet", "-q", is_flag=True, help="Print findings only, and nothing when there are none.")
def check(
    options: ProjectOptions,
    strict: bool,
    outputs: tuple[Output, ...],
    color: str,
    quiet: bool,
) -> None:
    """Decide every contract; print the matrix, each finding and the verdict."""
    to_stdout = [output for output in outputs if not output.path]
    if len(to_stdout) > 1:
        raise click.UsageError("only one format can go to stdout; write the others as --format FORMAT=FILE")
    outputs = outputs if to_stdout else (Output("text", ""), *outputs)
    try:
        report = run(
            options.directory,
            contract_dir=options.contract_dir,
            cache_dir=options.cache_dir,
            strict=strict,
            jobs=options.jobs,
            on_crash=_show_traceback if options.debug else None,
        )
    except ContractErrors as errors:
        for output in outputs:
            _write(output, _rendered_errors(errors, output))
        raise ConfigurationError.of(errors) from None
    for output in outputs:
        _write(output, _rendered(report, output, options, color, quiet))
    click.get_current_context().exit(int(report.failed))


def _rendered(report: Report, output: Output, options: ProjectOptions, color: str, quiet: bool) -> str:
    if output.format == "json":
        return json.render(report)
    source = options.source_lines()
    if output.format == "markdown":
        return markdown.render(report, source)
    style = stdout_style(color if not output.path else "never")
    return terminal.render(report, source, style, quiet=quiet)


def _rendered_errors(errors: ContractErrors, output: Output) -> str:
    if output.format == "json":
        return json.render_errors(errors.errors, tool_version())
    if output.format == "markdown":
        return markdown.render_errors(errors.errors)
    return ""  # stderr says it


def _write(output: Output, text: str) -> None:
    if output.path:
        write_file(output.path, text)
    else:
        write(text)


def _show_traceback(contract: Contract, error: Exception) -> None:
    import sys
    import traceback

    print(f"while deciding {contract.id}:", file=sys.stderr)
    traceback.print_exception(error)
