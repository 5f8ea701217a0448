"""``archwright why``: how one part of the code comes to import another."""

from __future__ import annotations

import click

from archwright.cli.output import stdout_style, write
from archwright.cli.project import ProjectOptions, color_option, project_options
from archwright.gate.chains import judged, shortest_chain
from archwright.gate.corrections import closest
from archwright.gate.run import judge
from archwright.project.project import Project
from archwright.report.chain import render


@click.command(short_help="Show how A comes to import B.")
@click.argument("source", metavar="A")
@click.argument("target", metavar="B")
@project_options
@color_option
def why(source: str, target: str, options: ProjectOptions, color: str) -> None:
    """Show the shortest chain of imports from A to B, and what the contracts say about each hop.

    A is a module or package of this code base; B may also be one of another, like sqlalchemy.orm.
    """
    code_base = options.open()
    project = code_base.analysis.project
    _check_known(source, project)
    if target.partition(".")[0] in project.names.roots:
        _check_known(target, project)
    sources = [m for m in project.modules if _within(m, source) and not _within(m, target)]
    if not sources:
        raise click.UsageError(f'all of "{source}" is part of "{target}"; name two parts of the code')
    chain = shortest_chain(code_base.analysis, sources, lambda name: _within(name, target))
    if chain is None:
        write(f"no chain: nothing in {source} leads to {target}\n")
        return
    hops = judged(chain, code_base.analysis, judge(code_base))
    write(render(hops, stdout_style(color)))


def _check_known(name: str, project: Project) -> None:
    if project.names.is_module(name):
        return
    packages = {module.rpartition(".")[0] for module in project.modules}
    close = closest(name, {*project.modules, *packages} - {""})
    hint = (
        f'did you mean "{close}"?'
        if close
        else f"top-level packages: {', '.join(sorted(project.names.roots))}"
    )
    raise click.UsageError(f'no module "{name}" in this code base; {hint}')


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
