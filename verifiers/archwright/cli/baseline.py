"""``archwright baseline``: the findings a code base starts with, in a file that only shrinks."""

from __future__ import annotations

import os
from datetime import date

import click

from archwright.cli.errors import ConfigurationError
from archwright.cli.output import write, write_file
from archwright.cli.policy import policy_of, today_option
from archwright.cli.project import ProjectOptions, project_options
from archwright.contracts.language import ContractErrors
from archwright.gate.baseline import BASELINE, baseline_path, render_baseline
from archwright.gate.policy import suppressible
from archwright.gate.results import Report, ReportedFinding
from archwright.gate.run import run
from archwright.gate.waivers import WAIVERS
from archwright.report.text import counted, place, printable


@click.command(short_help="Record the findings there are.")
@project_options
@click.option("--accept-new", is_flag=True, help="Also record findings the baseline does not have.")
@today_option
def baseline(options: ProjectOptions, accept_new: bool, today: date) -> None:
    """Record the findings of an old code base, so that only new ones fail.

    The first call writes all of them. After that the file only shrinks: findings that are gone are removed, new ones
    are listed and refused (exit code 1) unless --accept-new is given. Waived findings are not recorded.
    """
    if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
        raise click.UsageError("in CI the baseline is read-only; run this where you commit")
    try:
        policy = policy_of(options, today)
        report = run(
            options.directory,
            contract_dir=options.contract_dir,
            cache_dir=options.cache_dir,
            jobs=options.jobs,
            policy=policy,
        )
    except ContractErrors as errors:
        raise ConfigurationError.of(errors) from None
    _refuse_undecided(report)
    known = policy.baseline.lines if policy.baseline is not None else None
    there = _recordable(report)
    fresh = {} if known is None or accept_new else {k: f for k, f in there.items() if k not in known}
    gone = set(known or ()) - set(there)
    path = baseline_path(options.contract_dir)
    write_file(str(options.directory / path), render_baseline(set(there) - set(fresh)))
    parts = [f"{path}: {counted(len(there) - len(fresh), 'finding')}"]
    if gone:
        parts.append(f"{len(gone)} gone")
    if known is not None and accept_new and (added := set(there) - set(known)):
        parts.append(f"{len(added)} new")
    write(", ".join(parts) + "\n")
    if fresh:
        lines = [f"{place(f.location)}: {f.contract}: {printable(f.message)}" for f in fresh.values()]
        lines.append(f"{counted(len(fresh), 'new finding')} not recorded; fix them, or say --accept-new")
        write("\n".join(lines) + "\n", err=True)
        click.get_current_context().exit(1)


def _recordable(report: Report) -> dict[str, ReportedFinding]:
    """The findings that are the baseline's business, by identity: neither waived, nor about waivers or the baseline."""
    baselined = [f for f in report.suppressed if f.suppression is not None and f.suppression.by == "baseline"]
    own = {WAIVERS.id, BASELINE.id}
    return {f.identity: f for f in (*report.findings, *baselined) if f.contract not in own}


def _refuse_undecided(report: Report) -> None:
    lost = [finding for finding in report.findings if not suppressible(finding)]
    if lost:
        lines = "\n".join(f"  {place(f.location)}: {f.contract}: {printable(f.message)}" for f in lost)
        raise click.UsageError(
            f"not everything could be decided, so nothing is recorded; put this right first:\n{lines}"
        )
