"""``archwright explain``: one contract in full."""

from __future__ import annotations

import click

from archwright.cli.errors import ConfigurationError
from archwright.cli.output import stdout_style, write
from archwright.cli.project import ProjectOptions, color_option, project_options
from archwright.contracts.errors import suggestion
from archwright.contracts.language import ContractErrors
from archwright.gate.codebase import PARSE
from archwright.gate.run import judge
from archwright.gate.vacuity import check_vacuity
from archwright.report import explanation


@click.command(short_help="Show one contract in full.")
@click.argument("contract_id", metavar="ID")
@project_options
@color_option
def explain(contract_id: str, options: ProjectOptions, color: str) -> None:
    """Show what the contract ID says, why, and what it comes to on this code."""
    code_base = options.open()
    known = [PARSE.id, *(contract.id for contract in code_base.contracts.contracts)]
    if contract_id not in known:
        raise click.UsageError(f'no contract "{contract_id}"; {suggestion(contract_id, known, "contracts")}')
    try:
        check_vacuity(code_base)
    except ContractErrors as errors:
        raise ConfigurationError.of(errors) from None
    report = judge(code_base, only={contract_id})
    (contract,) = report.contracts
    sources = code_base.contracts.sources
    write(explanation.render(report, contract, sources, options.source_lines(), stdout_style(color)))
