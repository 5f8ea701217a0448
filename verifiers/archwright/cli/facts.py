"""``archwright facts``: what is known about one module."""

from __future__ import annotations

import click

from archwright.cli.output import stdout_style, write
from archwright.cli.project import ProjectOptions, color_option, project_options
from archwright.gate.corrections import closest
from archwright.gate.module_facts import module_facts
from archwright.project.project import Project
from archwright.report.facts import render, render_json


@click.command(short_help="Show what is known about a module.")
@click.argument("module")
@project_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@color_option
def facts(module: str, options: ProjectOptions, as_json: bool, color: str) -> None:
    """Show what is known about MODULE: a dotted name, or the path of a file."""
    code_base = options.open()
    name = _module(module, code_base.analysis.project)
    found = module_facts(code_base.analysis, name)
    write(render_json(found) if as_json else render(found, stdout_style(color)))


def _module(named: str, project: Project) -> str:
    if project.has(named):
        return named
    path = named.removeprefix("./")
    by_path = next((file.module for file in project.files if file.path == path), None)
    if by_path is not None:
        return by_path
    if project.names.is_module(named):
        raise click.UsageError(f'"{named}" is a package without an __init__.py; name one of its modules')
    close = closest(named, project.modules)
    hint = f'did you mean "{close}"?' if close else "name it from its root, like app.db"
    raise click.UsageError(f'no module "{named}" in this code base; {hint}')
