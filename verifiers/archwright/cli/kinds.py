"""``archwright kinds``: what can be written in a contract."""

from __future__ import annotations

from pathlib import Path

import click

from archwright.cli.output import write


@click.command(short_help="Describe the kinds of contract.")
@click.argument("kind", required=False)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write a page per kind into DIR.",
)
@click.option(
    "--cases",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Trees of example code, <family>/<case>/src, to show on the pages.",
)
@click.option(
    "--check", "only_check", is_flag=True, help="With --output: write nothing; fail when a page would change."
)
def kinds(kind: str | None, output: Path | None, cases: Path | None, only_check: bool) -> None:
    """List the kinds of contract, or describe one KIND with all its keys, in Markdown."""
    from archwright.contracts.errors import suggestion
    from archwright.docs.folder import changes
    from archwright.docs.folder import write as write_pages
    from archwright.docs.kinds import kind_pages
    from archwright.docs.templates import Templates
    from archwright.verifiers.catalogue import KINDS

    if kind is not None and kind not in KINDS:
        raise click.UsageError(f'no kind "{kind}"; {suggestion(kind, KINDS, "kinds")}')
    meant = KINDS if kind is None else {kind: KINDS[kind]}  # of one kind only its own verifiers are loaded
    pages = {page.path: page for page in kind_pages(meant, Templates(), cases)}
    if output is None:
        write(pages["README.md" if kind is None else f"{kind}.md"].text)
        return
    wanted = [page for path, page in sorted(pages.items()) if kind is None or path == f"{kind}.md"]
    found = [change for change in changes(output, wanted) if kind is None or change.page is not None]
    if not only_check:
        write_pages(output, found)
        return
    for change in found:
        write(f"{output / change.path} is {change.problem}: run archwright kinds --output {output}\n")
    click.get_current_context().exit(int(bool(found)))
