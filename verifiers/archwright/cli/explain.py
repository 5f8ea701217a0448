"""``archwright explain``: one contract in full."""

from __future__ import annotations

from datetime import date

import click
import msgspec

from archwright.cli.errors import ConfigurationError
from archwright.cli.output import stdout_style, write
from archwright.cli.policy import policy_of, today_option
from archwright.cli.project import ProjectOptions, color_option, project_options
from archwright.contracts.errors import suggestion
from archwright.contracts.language import ContractErrors
from archwright.gate.baseline import BASELINE
from archwright.gate.files import PARSE
from archwright.gate.run import judge
from archwright.gate.vacuity import check_vacuity
from archwright.gate.waivers import WAIVERS
from archwright.report import explanation


@click.command(short_help="Show one contract in full.")
@click.argument("contract_id", metavar="ID")
@project_options
@today_option
@color_option
def explain(contract_id: str, options: ProjectOptions, today: date, color: str) -> None:
    """Show what the contract ID says, why, and what it comes to on this code."""
    code_base = options.open()
    known = [PARSE.id, WAIVERS.id, BASELINE.id, *(contract.id for contract in code_base.contracts.contracts)]
    if contract_id not in known:
        raise click.UsageError(f'no contract "{contract_id}"; {suggestion(contract_id, known, "contracts")}')
    try:
        check_vacuity(code_base)
        policy = policy_of(options, today)
    except ContractErrors as errors:
        raise ConfigurationError.of(errors) from None
    about_others = {WAIVERS.id: code_base.contracts.waivers, BASELINE.id: policy.baseline}
    if not about_others.get(contract_id, True):
        raise click.UsageError(f"this project has no {contract_id}")
    only = None if contract_id in about_others else {contract_id}
    report = judge(code_base, only=only, policy=policy)
    contract = next(result for result in report.contracts if result.id == contract_id)
    own = msgspec.structs.replace(
        report,
        findings=tuple(f for f in report.findings if f.contract == contract_id),
        suppressed=tuple(f for f in report.suppressed if f.contract == contract_id),
    )
    sources = code_base.contracts.sources
    write(explanation.render(own, contract, sources, options.source_lines(), stdout_style(color)))
