"""``archwright prove``: whether the contracts can fail."""

from __future__ import annotations

from pathlib import Path

import click

from archwright.cli.errors import ConfigurationError
from archwright.cli.output import stdout_style, write, write_file
from archwright.cli.project import ProjectOptions, color_option, project_options
from archwright.contracts.errors import suggestion
from archwright.contracts.language import ContractErrors
from archwright.docs.proofs import Score, render_scores
from archwright.prove import render
from archwright.prove.run import DEFAULT_LIMIT, UnknownContractError
from archwright.prove.run import prove as run_proof
from archwright.prove.trial import ProveReport


@click.command(short_help="Break the code in memory and see whether the contracts notice.")
@click.argument("contract_ids", metavar="[ID]...", nargs=-1)
@project_options
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=DEFAULT_LIMIT,
    show_default=True,
    metavar="N",
    help="Counterexamples tried per contract, taken from all over the code.",
)
@click.option(
    "--equivalents/--no-equivalents", default=True, help="Whether to try changes that mean nothing."
)
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write killed/tried of every contract to FILE, which archwright docs shows: reports/proofs.json.",
)
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@color_option
def prove(
    contract_ids: tuple[str, ...],
    options: ProjectOptions,
    limit: int,
    equivalents: bool,
    record: Path | None,
    output: str,
    color: str,
) -> None:
    """Show that contracts can fail: all of them, or those called ID.

    Counterexamples are derived from each contract and the code as it stands: what must not be imported is
    imported lazily, under another name, through a re-export; a guard is dropped, put below the call, or its
    exception swallowed; a column goes missing from a migration. Each is applied in memory, never on disk, and
    the contract has to FAIL. Equivalents – locals renamed, expressions split, bodies moved into helpers,
    imports reordered or under other names, everything reformatted – must leave every finding as it is.

    Fails for a counterexample that survives, a contract without one, and an equivalent that changes a
    verdict; each is shown as a diff.
    """
    if record is not None and contract_ids:
        raise click.UsageError("--record is about all contracts; leave the IDs out")
    try:
        report = run_proof(
            options.directory,
            contract_dir=options.contract_dir,
            cache_dir=options.cache_dir,
            jobs=options.jobs,
            only=frozenset(contract_ids) or None,
            limit=limit,
            equivalents=equivalents,
        )
    except UnknownContractError as error:
        raise click.UsageError(
            f'no contract "{error.name}"; {suggestion(error.name, error.known, "contracts")}'
        ) from None
    except ContractErrors as errors:
        raise ConfigurationError.of(errors) from None
    if record is not None:
        scores = {proof.contract: Score(proof.killed, len(proof.trials)) for proof in report.proofs}
        write_file(str(record), render_scores(scores))
    originals = _originals(report, options.directory)
    if output == "json":
        write(render.render_json(report, originals))
    else:
        write(render.render_text(report, originals, stdout_style(color)))
    click.get_current_context().exit(int(report.failed))


def _originals(report: ProveReport, directory: Path) -> dict[str, str]:
    """The files that survivors change, as they are on disk; new ones are left out."""
    paths = {path for p in report.proofs for t in p.survivors for path in t.counterexample.changes}
    return {path: (directory / path).read_bytes().decode() for path in paths if (directory / path).is_file()}
