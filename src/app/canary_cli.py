"""``hoc canary``: run canaries from the command line, through the same operations as HTTP."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.operations_cli import execute

if TYPE_CHECKING:
    from app.hoc.cus.analytics.L5_schemas.canary_report import CanaryReport


@click.group()
def canary() -> None:
    """Run cost simulation canaries."""


@canary.command("run")
@click.option("--tenant", required=True, help="Whose canary; the tenant is created if need be.")
@click.option(
    "--samples",
    "samples_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON list of samples {id, plan, budget_cents, expected_cost_cents?, expected_feasible?}; "
    "default: the synthetic set.",
)
@click.option("--sample-count", default=100, show_default=True, type=click.IntRange(1, 1000))
@click.option("--drift-threshold", type=click.FloatRange(0, 1), help="Default: COSTSIM_DRIFT_THRESHOLD.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
@click.pass_context
def canary_run(
    ctx: click.Context,
    tenant: str,
    samples_file: Path | None,
    sample_count: int,
    drift_threshold: float | None,
    as_json: bool,
) -> None:
    """Compare the cost models and record the verdict.

    Exit code 0: passed, or skipped because the canary is switched off; 1: failed or could not judge.
    """
    params: dict[str, Any] = {"sample_count": sample_count, "drift_threshold": drift_threshold}
    if samples_file is not None:
        params["samples"] = _read_samples(samples_file)
    report: CanaryReport = execute(tenant, "costsim:admin", "analytics.canary", params)["report"]
    click.echo(json.dumps(report.to_dict(), indent=2) if as_json else summary(report))
    if report.status.value not in ("pass", "skipped"):
        ctx.exit(1)


def summary(report: "CanaryReport") -> str:
    """A report in a few lines for people."""
    lines = [
        f"{report.status.value.upper()}  run {report.run_id}  tenant {report.tenant_id}  "
        f"samples {report.source.value}",
        f"  {report.total_samples} samples: {report.matching_samples} match, "
        f"{report.minor_drift_samples} minor drift, {report.major_drift_samples} major drift, "
        f"{report.errored_samples} errored",
    ]
    lines += [f"  because {reason}" for reason in report.failure_reasons]
    lines += [f"  artifact {path}" for path in report.artifact_paths]
    return "\n".join(lines)


def _read_samples(path: Path) -> list[Any]:
    try:
        samples = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{path} is no JSON: {error}", param_hint="--samples") from error
    if not isinstance(samples, list):
        raise click.BadParameter(f"{path} must hold a list of samples.", param_hint="--samples")
    return samples
