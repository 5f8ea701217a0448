"""``archwright schema``: the contract language for editors."""

from __future__ import annotations

import click

from archwright.cli.output import write
from archwright.contracts.schema import contract_schema
from archwright.verifiers.catalogue import KINDS


@click.command(short_help="Print the JSON Schema of contract files.")
@click.option(
    "--report", is_flag=True, help="Print the schema of what `archwright check --format json` writes instead."
)
def schema(report: bool) -> None:
    """Print the JSON Schema of contract files.

    Save it and point editors to it from the first line of each contract file:
    # yaml-language-server: $schema=contracts.schema.json
    """
    if report:
        from archwright.report.json import report_schema

        write(report_schema().decode())
        return
    write(contract_schema(KINDS).decode())
