"""``archwright docs``: the pages made from facts and contracts."""

from __future__ import annotations

from pathlib import Path

import click

from archwright.cli.errors import ConfigurationError
from archwright.cli.output import write
from archwright.cli.project import ProjectOptions, project_options
from archwright.contracts.errors import ContractError

_PROBLEMS = {
    "missing": "is missing",
    "stale": "is stale from line {line} on",
    "orphaned": "is orphaned: nothing makes it any more",
    "foreign": "is in the way: it was not generated; move it or write the pages elsewhere",
    "holds-notes": "is orphaned and holds notes: move them to another page and delete it",
}
_LEFT = frozenset({"foreign", "holds-notes"})
"""What writing cannot settle."""


@click.command(short_help="Write the documentation.")
@project_options
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Write nothing; fail when a page is not as it would be written.",
)
@click.option(
    "--output",
    default="reports",
    show_default=True,
    metavar="DIR",
    help="Where the pages are, relative to the project.",
)
@click.option(
    "--templates",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Your own Jinja2 templates, used instead of the built-in ones of the same name.",
)
def docs(options: ProjectOptions, only_check: bool, output: str, templates: Path | None) -> None:
    """Write pages about every layer, domain, contract and table from the facts the contracts are decided on.

    Regions between `<!-- notes: … -->` and `<!-- end of notes -->` are yours: they are kept. Exit code 1 with --check when
    a page differs, is missing or is orphaned.
    """
    from archwright.docs.build import build_pages
    from archwright.docs.folder import changes
    from archwright.docs.folder import write as write_pages
    from archwright.docs.proofs import read_scores
    from archwright.docs.sources import Sources
    from archwright.docs.templates import TemplateError, Templates
    from archwright.gate.run import run

    code_base = options.open()
    report = run(
        options.directory, contract_dir=options.contract_dir, cache_dir=options.cache_dir, jobs=options.jobs
    )
    scores = read_scores(options.directory / output)
    sources = Sources(code_base, report, output.strip("/"), scores)
    try:
        pages = build_pages(sources, Templates(templates))
    except TemplateError as error:
        hint = "correct the template, or remove it from the directory to use the built-in one"
        raise ConfigurationError(
            [ContractError(error.problem, error.path, error.line or 1, hint=hint)]
        ) from None
    directory = options.directory / output
    found = changes(directory, pages)
    if not only_check:
        write_pages(directory, found)
    for change in found:
        if only_check or change.problem in _LEFT:
            write(f"{output}/{change.path} {_PROBLEMS[change.problem].format(line=change.line)}\n")
    left = [change for change in found if only_check or change.problem in _LEFT]
    if only_check and found:
        write(f"{len(found)} of {len(pages)} pages are not as they would be written: run archwright docs\n")
    elif not only_check:
        written = sum(change.problem in ("missing", "stale") for change in found)
        removed = sum(change.problem == "orphaned" for change in found)
        write(f"{len(pages)} pages in {output}/: {written} written, {removed} removed\n")
    click.get_current_context().exit(int(bool(left)))
