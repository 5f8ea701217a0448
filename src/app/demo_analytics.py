"""The analytics part of ``hoc demo``: a month of usage and costs in which something goes wrong at the end."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from app.demo_incidents import live_through, tell_return

DAYS = 30
# An id of the demo's records: filling the same day again records nothing twice.
_PREFIX = "demo"

# feature, user, model, tokens in, tokens out, cents, calls a day
_CALLS = (
    ("support.triage", "helpdesk", "gpt-small", 850, 120, "0.185", 3),
    ("support.reply", "helpdesk", "gpt-large", 1900, 640, "3.42", 2),
    ("catalog.import", "importer", "gpt-small", 2400, 300, "0.51", 2),
    (None, "analyst", "gpt-large", 900, 350, "1.9", 1),
)
_TAGS = (
    ("support.triage", "Ticket triage", "60"),
    ("support.reply", "Answer drafts", "300"),
    ("catalog.import", "Catalogue import", "90"),
)

# Runs an operation of the demo tenant and returns its data.
Execute = Callable[[str, dict[str, Any]], Awaitable[Any]]


async def fill_analytics(execute: Execute, now: datetime) -> list[str]:
    """Record a month up to ``now``, look for what is wrong in it, and say what came out, line by line.

    A tenant that has cost records is left as it is.
    """
    month = {"method": "get_summary", "period": "30d", "as_of": now}
    existing = (await execute("analytics.cost", month)).request_count
    if existing:
        return [f"It already has {existing} cost records of the last 30 days; they are left as they are."]
    await _meter(execute, now)
    await execute("analytics.signals", {"method": "ingest", **_signals(now)})
    return await _look(execute, month, now)


async def _meter(execute: Execute, now: datetime) -> None:
    for tag, name, budget in _TAGS:
        await execute(
            "analytics.cost_write",
            {
                "method": "create_feature_tag",
                "tag": tag,
                "display_name": name,
                "budget_cents": Decimal(budget),
            },
        )
    await execute(
        "analytics.cost_write",
        {
            "method": "set_budget",
            "budget_type": "tenant",
            "daily_limit_cents": Decimal(15),
            "monthly_limit_cents": Decimal(400),
        },
    )
    for call in _calls(now):
        await execute(
            "analytics.cost_write",
            {
                "method": "record_cost",
                "model": call.model,
                "user_id": call.user_id,
                "feature_tag": call.feature_tag,
                "input_tokens": call.input_tokens,
                "output_tokens": call.output_tokens,
                "cost_cents": call.cost_cents,
                "is_retry": call.is_retry,
                "created_at": call.at,
                "idempotency_key": call.key,
            },
        )


async def _look(execute: Execute, month: dict[str, Any], now: datetime) -> list[str]:
    spent = await execute("analytics.cost", month)
    yesterday = {"method": "run_detection", "as_of": now - timedelta(days=1)}
    before = await execute("analytics.detection", yesterday)
    life = await live_through(execute, before.incidents)
    detected = await execute("analytics.detection", {"method": "run_detection", "as_of": now})
    patterns = await execute("analytics.patterns", {"method": "run_cycle", "as_of": now})
    predictions = await execute("analytics.prediction", {"method": "run_cycle", "as_of": now})
    lines = [
        f"  {spent.request_count} calls, {spent.total_cost_cents.normalize():f} cents in {DAYS} days",
        f"  yesterday {before.anomalies_detected} anomalies, {before.incidents_created} incidents opened for them",
        *life,
        f"  today {detected.anomalies_detected} anomalies, {detected.incidents_created} incidents opened for them",
    ]
    lines += [f"    {anomaly} -> incident {incident}" for anomaly, incident in detected.incidents.items()]
    lines += await tell_return(execute)
    lines += [
        f"  {len(patterns.feedback_created)} pattern feedback, "
        f"{len(predictions.predictions_created)} predictions"
    ]
    return lines


def curl_lines(base_url: str, header: str, now: datetime) -> list[str]:
    """What to try; windows reach from a month ago to tomorrow."""
    start, end = (f"{now + timedelta(days=days):%Y-%m-%d}T00:00:00Z" for days in (-DAYS, 1))
    window = f"from={start}&to={end}"
    paths = (
        f"analytics/statistics/usage?{window}",
        f"analytics/statistics/cost?{window}",
        f"analytics/statistics/cost/export.csv?{window}",
        "cost/dashboard?period=30d",
        "detection/anomalies",
        "feedback",
        "predictions",
    )
    return [f"  curl {header} '{base_url}/{path}'" for path in paths]


class _Call(NamedTuple):
    model: str
    user_id: str
    feature_tag: str | None
    input_tokens: int
    output_tokens: int
    cost_cents: Decimal
    is_retry: bool
    at: datetime
    key: str


def _calls(now: datetime) -> Iterator[_Call]:
    """Steady weeks; on the last three whole days the importer retries until it costs many times as much."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(DAYS - 1, -1, -1):
        day = midnight - timedelta(days=back)
        for feature, user, model, tokens_in, tokens_out, cents, calls in _CALLS:
            looping = user == "importer" and back in (1, 2, 3)
            for number in range(calls * (12 if looping else 1)):
                moment = day + timedelta(hours=8, minutes=7 * number)
                if moment > now:
                    break
                yield _Call(
                    model=model,
                    user_id=user,
                    feature_tag=feature,
                    input_tokens=tokens_in + 10 * (back % 7),
                    output_tokens=tokens_out,
                    cost_cents=Decimal(cents),
                    is_retry=looping and number >= calls,
                    at=moment,
                    key=f"{_PREFIX}/{day:%Y-%m-%d}/{user}/{feature}/{number}",
                )


def _signals(now: datetime) -> dict[str, list[dict[str, Any]]]:
    """A week of runs: the importer's last ones time out, the drafts get dearer."""
    runs: list[dict[str, Any]] = []
    usage: list[dict[str, Any]] = []
    executions: list[dict[str, Any]] = []
    for number in range(7):
        moment = now - timedelta(days=6 - number, hours=1)
        cents = Decimal("3.4") if number < 4 else Decimal("6.8")
        runs.append(_run(f"draft-{number}", "draft-writer", moment, status="completed", cost_cents=cents))
        trace = f"{_PREFIX}-trace-{number}"
        usage.append(
            {
                "id": f"{_PREFIX}-llm-{number}",
                "trace_id": trace,
                "created_at": moment,
                "input_tokens": 2750,
                "output_tokens": 760,
            }
        )
        executions.append(
            {
                "id": f"{_PREFIX}-exec-{number}",
                "trace_id": trace,
                "created_at": moment,
                "status": "success",
            }
        )
    for number in range(4):
        error = f"Timeout after 30 s while importing page {number} of supplier {4711 + number}"
        moment = now - timedelta(hours=8 - number)
        runs.append(_run(f"import-{number}", "catalog-importer", moment, status="failed", error=error))
    return {"worker_runs": runs, "llm_usage": usage, "executions": executions}


def _run(name: str, worker: str, moment: datetime, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"{_PREFIX}-{name}",
        "worker_id": worker,
        "task": worker.replace("-", " "),
        "created_at": moment,
        **fields,
    }
