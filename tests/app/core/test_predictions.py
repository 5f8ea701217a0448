"""PB-S5: predictions advise, expire, and have no effect on anything."""

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from core_tenant import NOON, Tenant, day, iso
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import get_engine
from app.hoc.cus.analytics.L5_schemas.content_id import content_uuid
from app.hoc.cus.analytics.L5_schemas.prediction import PredictionCreate, PredictionType, SubjectType
from app.hoc.cus.analytics.L6_drivers.prediction_driver import PredictionDriver
from app.main import API_PREFIX
from app.models import PredictionEvent

OTHERS = (
    "worker_runs",
    "cost_records",
    "runs",
    "aos_traces",
    "pattern_feedback",
    "cost_anomalies",
    "incidents",
)
VALID: dict[str, Any] = {
    "tenant_id": "acme",
    "prediction_type": PredictionType.COST_OVERRUN,
    "subject_type": SubjectType.WORKER,
    "subject_id": "w",
    "confidence_score": Decimal("0.5"),
    "prediction_value": {},
    "contributing_factors": (),
    "created_at": NOON,
    "expires_at": NOON + timedelta(hours=1),
}


def run(number: int, worker: str, at: Any, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"{worker}-{number}",
        "worker_id": worker,
        "task": "t",
        "status": "completed",
        "created_at": iso(at),
    } | fields


async def observed(tenant: Tenant) -> None:
    """A worker that fails half the time, one that gets dearer, one that is fine, and old history."""
    runs = [
        run(n, "shaky", day(-1, 12 + n), **({"status": "failed", "error": f"Error {n % 3}"} if n % 2 else {}))
        for n in range(12)
    ]
    runs += [run(n, "dear", day(-2, n), cost_cents="2" if n >= 4 else "1") for n in range(7)]
    runs += [run(n, "fine", day(-2, n), cost_cents="1") for n in range(7)]
    runs += [run(90 + n, "fine", day(-9, n), status="failed", error="Old") for n in range(9)]
    response = await tenant.post("/analytics/signals", {"worker_runs": runs})
    assert response.status_code == 200, response.text


async def cycle(tenant: Tenant, as_of: Any = NOON, **params: Any) -> Any:
    return await tenant.do("analytics.prediction", "run_cycle", as_of=as_of, **params)


async def test_acceptance_2_a_cycle_writes_predictions_and_nothing_else(acme: Tenant, dump: Any) -> None:
    await observed(acme)
    before = await dump(*OTHERS)
    result = await cycle(acme)
    assert len(result.predictions_created) == 2
    assert await dump(*OTHERS) == before
    cost, failure = sorted(await acme.read("/predictions", as_of=NOON), key=lambda p: p["prediction_type"])
    assert (failure["subject_id"], failure["confidence_score"]) == ("shaky", 0.75)
    assert failure["prediction_value"] == {
        "predicted_outcome": "high_failure_likelihood",
        "failure_rate": "0.500",
        "recent_failures": 6,
        "total_runs": 12,
    }
    samples = next(f["value"] for f in failure["contributing_factors"] if f["factor"] == "error_samples")
    # The five newest errors in their order, without repetition.
    assert samples == ["Error 2", "Error 0", "Error 1"]
    # Three runs of 2 after four of 1: twice as dear, projected to four times.
    assert cost["prediction_value"] == {
        "predicted_outcome": "cost_overrun",
        "projected_cost_cents": "4.00",
        "historical_avg_cents": "1.00",
        "overrun_percent": "300.0",
    }
    assert (cost["subject_id"], cost["confidence_score"]) == ("dear", 0.95)
    for prediction in (cost, failure):
        assert prediction["is_advisory"] is True
        assert prediction["expires_at"] == iso(NOON + timedelta(hours=24))
        assert prediction["created_at"] == iso(NOON)


async def test_acceptance_2_a_second_cycle_at_the_same_moment_adds_nothing(acme: Tenant, dump: Any) -> None:
    await observed(acme)
    await cycle(acme)
    before = await dump("prediction_events")
    assert (await cycle(acme)).predictions_created == ()
    assert await dump("prediction_events") == before
    assert len((await cycle(acme, day(1))).predictions_created) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"is_advisory": False},
        {"confidence_score": Decimal("1.001")},
        {"confidence_score": Decimal("-0.001")},
        {"expires_at": NOON},
    ],
)
def test_acceptance_2_the_dto_refuses_what_is_no_advice(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"advisory|confidence|expire"):
        PredictionCreate(**VALID | change)


@pytest.mark.usefixtures("acme")
async def test_acceptance_2_the_driver_refuses_what_got_past_the_dto(session: AsyncSession) -> None:
    forged = PredictionCreate(**VALID)
    object.__setattr__(forged, "is_advisory", False)
    with pytest.raises(ValueError, match="advisory"):
        await PredictionDriver(session).insert_prediction(forged)


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    "change",
    [
        {"is_advisory": False},
        {"confidence_score": 1.5},
        {"expires_at": NOON},
        {"expires_at": None},
        {"prediction_type": "fate"},
    ],
)
async def test_acceptance_2_the_database_refuses_what_got_past_the_driver(change: dict[str, Any]) -> None:
    fields = VALID | {
        "id": content_uuid("t"),
        "prediction_type": "cost_overrun",
        "subject_type": "worker",
        "confidence_score": 0.5,
        "contributing_factors": [],
    }
    with pytest.raises(IntegrityError):
        async with get_engine().begin() as connection:
            await connection.execute(insert(PredictionEvent).values(**fields | change))
    async with get_engine().begin() as connection:
        await connection.execute(insert(PredictionEvent).values(**fields))


async def test_acceptance_2_predictions_can_only_be_read_over_http(http: Any) -> None:
    paths = {
        path: set(methods)
        for path, methods in http.app.openapi()["paths"].items()
        if path.startswith(f"{API_PREFIX}/predictions")
    }
    assert len(paths) == 4
    assert set().union(*paths.values()) == {"get"}


async def test_expiry_is_judged_at_as_of(acme: Tenant) -> None:
    await observed(acme)
    await cycle(acme)
    last = NOON + timedelta(hours=24) - timedelta(microseconds=1)
    assert [p["is_valid"] for p in await acme.read("/predictions", as_of=last)] == [True, True]
    over = last + timedelta(microseconds=1)
    assert await acme.read("/predictions", as_of=over) == []
    expired = await acme.read("/predictions", as_of=over, include_expired=True)
    assert [p["is_valid"] for p in expired] == [False, False]
    one = expired[0]
    assert (await acme.read(f"/predictions/{one['id']}", as_of=over)) == one
    assert (await acme.get(f"/predictions/{one['id']}", as_of=day(-1))).status_code == 404


async def test_subjects_stats_pages_and_workers(acme: Tenant) -> None:
    await observed(acme)
    only = await cycle(acme, worker_id="dear")
    assert [p.subject_id for p in only.cost_predictions] == ["dear"]
    assert only.failure_predictions == ()
    await cycle(acme)
    data = await acme.read("/predictions/subject/worker/shaky", as_of=NOON)
    assert (data["count"], data["predictions"][0]["subject_id"]) == (1, "shaky")
    assert (await acme.read("/predictions/subject/worker/fine", as_of=NOON))["count"] == 0
    assert await acme.read("/predictions/stats/summary", as_of=NOON) == {
        "total": 2,
        "by_type": {"cost_overrun": 1, "failure_likelihood": 1},
        "by_subject_type": {"worker": 2},
        "avg_confidence": 0.85,
        "high_confidence_count": 2,
        "advisory_compliance": {"all_advisory": True, "non_advisory_count": 0},
    }
    first = (await acme.get("/predictions", as_of=NOON, limit=1)).json()
    assert (first["meta"]["total"], first["meta"]["has_more"]) == (2, True)
    second = (await acme.get("/predictions", as_of=NOON, limit=1, offset=1)).json()
    assert [*first["data"], *second["data"]] == await acme.read("/predictions", as_of=NOON)
    assert len(await acme.read("/predictions", as_of=NOON, prediction_type="cost_overrun")) == 1


async def test_feedback_on_the_worker_is_a_factor(acme: Tenant) -> None:
    await observed(acme)
    await acme.do("analytics.patterns", "run_cycle", as_of=NOON)
    (prediction,) = (await cycle(acme, worker_id="shaky")).failure_predictions
    assert {"factor": "feedback_patterns", "value": 1} in prediction.contributing_factors


@pytest.mark.parametrize(("failed", "total", "predicted"), [(1, 3, True), (33, 100, False), (34, 100, True)])
async def test_a_third_of_failures_is_the_boundary(
    acme: Tenant, failed: int, total: int, predicted: bool
) -> None:
    runs = [
        run(n, "w", day(-1, minute=n % 60), **({"status": "failed", "error": "E"} if n < failed else {}))
        for n in range(total)
    ]
    await acme.post("/analytics/signals", {"worker_runs": runs})
    assert bool((await cycle(acme)).failure_predictions) is predicted


async def test_reading_predicts_without_recording(acme: Tenant, dump: Any) -> None:
    await observed(acme)
    failures = await acme.do("analytics.prediction", "predict_failure", as_of=NOON)
    overruns = await acme.do("analytics.prediction", "predict_cost_overrun", as_of=NOON)
    assert [p.subject_id for p in [*failures, *overruns]] == ["shaky", "dear"]
    assert (await dump("prediction_events"))["prediction_events"] == []
    await cycle(acme)
    summary = await acme.do(
        "analytics.prediction", "get_summary", as_of=NOON, prediction_type="cost_overrun", limit=5
    )
    assert [p.subject_id for p in summary] == ["dear"]
    assert dataclasses.is_dataclass(summary[0])


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("get", {"as_of": NOON}, "MISSING_PREDICTION_ID"),
        ("get", {"as_of": NOON, "prediction_id": "x"}, "INVALID_FORMAT"),
        ("get", {"as_of": NOON, "prediction_id": str(content_uuid("x"))}, "NOT_FOUND"),
        ("for_subject", {"as_of": NOON, "subject_type": "worker"}, "MISSING_SUBJECT_PARAMS"),
        ("for_subject", {"as_of": NOON, "subject_type": "moon", "subject_id": "x"}, "INVALID_PARAMS"),
    ],
)
async def test_operations_refuse_what_makes_no_sense(
    acme: Tenant, method: str, params: dict[str, Any], code: str
) -> None:
    assert (await acme.call("analytics.prediction_read", method, **params)).error_code == code
