"""``archwright init``: the first contracts of a code base, written from what its code does today."""

from __future__ import annotations

from pathlib import Path

import click

from archwright.cli.errors import ConfigurationError
from archwright.cli.output import write, write_file
from archwright.contracts.errors import ContractErrors
from archwright.contracts.files import DEFAULT_DIRECTORY
from archwright.report.text import counted


@click.command(short_help="Write the first contracts of a code base.")
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("."),
    metavar="DIR",
    help="The project; default: the current directory.",
)
@click.option("--package", "name", metavar="NAME", help="The package meant; default: the largest one.")
def init(project: Path, name: str | None) -> None:
    """Write contracts/topology.yaml: each package below the top-level one is a layer, and the matrix allows what is imported today.

    `archwright check` then fails for every dependency that is new. Nothing is overwritten.
    """
    from archwright.gate.starting import FILE, packages, start

    folder = project / DEFAULT_DIRECTORY
    there = sorted(path.name for pattern in ("*.yaml", "*.yml") for path in folder.glob(pattern))
    if there:
        raise click.UsageError(
            f"{DEFAULT_DIRECTORY}/{there[0]} is there already; `archwright check` reads it"
        )
    found = packages(project)
    if not found:
        raise click.UsageError(
            f'no Python package in "{project}" or its src; name the project with --project DIR'
        )
    package = next((one for one in found if one.name == name), None) if name else found[0]
    if package is None:
        known = ", ".join(sorted(one.name for one in found))
        raise click.UsageError(f'no package "{name}" in "{project}"; there are: {known}')
    try:
        begun = start(project, package)
    except ContractErrors as errors:
        raise ConfigurationError.of(errors) from None
    folder.mkdir(exist_ok=True)
    write_file(str(folder / FILE), begun.text)
    write(
        f"{DEFAULT_DIRECTORY}/{FILE}: {counted(begun.layers, 'layer')} of {package.name}, wired as they are today\n"
    )
    others = [one.name for one in found if one is not package and one.root == package.root]
    if others:
        write(f"not looked at: {', '.join(others)}; `--package NAME` begins with another one\n")
    if begun.report.findings:
        told = counted(len(begun.report.findings), "finding")
        write(f"{told} today: `archwright check` shows, `archwright baseline` records what there is\n")
