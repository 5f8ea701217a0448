"""``hoc analytics``: what a scheduler runs for a tenant, through the same operations as HTTP."""

from datetime import UTC, datetime
from typing import Any

import click

from app.operations_cli import execute

_AS_OF = click.option(
    "--as-of",
    "as_of",
    help="The moment to judge at, ISO 8601 in UTC; now by default. The same moment again changes nothing.",
)
_TENANT = click.option("--tenant", required=True, help="Whose data.")
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Show what would be recorded, record nothing.")


@click.group()
def analytics() -> None:
    """Detect anomalies, patterns and predict, e.g. from a scheduler."""


@analytics.command("detect")
@_TENANT
@_AS_OF
def detect(tenant: str, as_of: str | None) -> None:
    """Detect cost anomalies; each HIGH one gets an incident, or nothing is recorded."""
    result = _execute(tenant, "analytics.detection", {"method": "run_detection", "as_of": _moment(as_of)})
    click.echo(
        f"{result.anomalies_detected} anomalies, {result.anomalies_created} new, "
        f"{result.incidents_created} incidents opened"
    )


@analytics.command("patterns")
@_TENANT
@_AS_OF
@_DRY_RUN
def patterns(tenant: str, as_of: str | None, dry_run: bool) -> None:
    """Look for failures that repeat and for dear runs, and record feedback on them."""
    moment = _moment(as_of)
    if dry_run:
        seen = _execute(tenant, "analytics.patterns", {"method": "detect", "as_of": moment})
        click.echo(
            f"{len(seen['failure_patterns'])} failure patterns, {len(seen['cost_spikes'])} cost spikes"
        )
        return
    run = _execute(tenant, "analytics.patterns", {"method": "run_cycle", "as_of": moment})
    click.echo(
        f"{len(run.failure_patterns)} failure patterns, {len(run.cost_spikes)} cost spikes, "
        f"{len(run.feedback_created)} new feedback"
    )
    for row in _execute(
        tenant, "analytics.patterns", {"method": "get_summary", "as_of": moment, "acknowledged": False}
    ):
        click.echo(f"  {row.id}  {row.pattern_type.value}  {row.description.splitlines()[0]}")


@analytics.command("predict")
@_TENANT
@_AS_OF
@_DRY_RUN
@click.option("--worker", "worker_id", help="Only this worker.")
def predict(tenant: str, as_of: str | None, dry_run: bool, worker_id: str | None) -> None:
    """Predict failures and cost overruns; advice only."""
    params = {"as_of": _moment(as_of), "worker_id": worker_id}
    if dry_run:
        failures = _execute(tenant, "analytics.prediction", {"method": "predict_failure", **params})
        overruns = _execute(tenant, "analytics.prediction", {"method": "predict_cost_overrun", **params})
        click.echo(f"{len(failures)} likely failures, {len(overruns)} likely cost overruns")
        return
    run = _execute(tenant, "analytics.prediction", {"method": "run_cycle", **params})
    click.echo(
        f"{len(run.failure_predictions)} likely failures, {len(run.cost_predictions)} likely cost overruns, "
        f"{len(run.predictions_created)} new predictions"
    )
    for row in _execute(tenant, "analytics.prediction", {"method": "get_summary", "as_of": params["as_of"]}):
        click.echo(f"  {row.id}  {row.prediction_type.value}  {row.subject_id}  {row.confidence_score:.3f}")


def _moment(text: str | None) -> datetime:
    from app.infra.time import utc_now

    now = utc_now()
    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no ISO 8601 moment", param_hint="--as-of") from error
    if moment.tzinfo is None or moment.utcoffset() != UTC.utcoffset(None):
        raise click.BadParameter(f"{text!r} is not in UTC; end it with Z", param_hint="--as-of")
    if moment > now:
        raise click.BadParameter(f"{text!r} lies in the future", param_hint="--as-of")
    return moment.astimezone(UTC)


def _execute(tenant: str, operation: str, params: dict[str, Any]) -> Any:
    return execute(tenant, "analytics:admin", operation, params)
