"""PB-S3: patterns are noticed, recorded apart, and nothing that was observed changes."""

from decimal import Decimal
from typing import Any

import pytest
from core_tenant import NOON, Tenant, day, iso
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import get_engine
from app.hoc.cus.analytics.L5_engines.pattern_detection import compute_error_signature
from app.hoc.cus.hoc_spine.orchestrator.handlers.analytics_patterns_handler import pattern_settings
from app.infra.settings import SettingsError

OBSERVED = ("worker_runs", "cost_records", "runs", "aos_traces")
OTHERS = (*OBSERVED, "prediction_events", "cost_anomalies", "incidents", "cost_budgets", "feature_tags")


def run(number: int, at: Any, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"run-{number}",
        "worker_id": "crawler",
        "task": "crawl",
        "status": "completed",
        "created_at": iso(at),
    } | fields


async def report(tenant: Tenant, *runs: dict[str, Any]) -> None:
    response = await tenant.post("/analytics/signals", {"worker_runs": list(runs)})
    assert response.status_code == 200, response.text


async def observed(tenant: Tenant) -> None:
    """Three failures alike, two of another kind, and a worker whose last run was dear."""
    errors = [f"Timeout after {n} s at 2026-03-20T1{n}:00:00.123Z" for n in range(3)] + ["Denied", "Denied"]
    await report(
        tenant,
        *(run(n, day(0, n), status="failed", error=error) for n, error in enumerate(errors)),
        *(run(10 + n, day(-3, n), worker_id="writer", cost_cents="1") for n in range(5)),
        run(20, day(-1), worker_id="writer", cost_cents="1.5"),
    )
    await tenant.spend(5, day(-1))


async def cycle(tenant: Tenant, as_of: Any = NOON) -> Any:
    return await tenant.do("analytics.patterns", "run_cycle", as_of=as_of)


async def test_acceptance_1_a_cycle_writes_feedback_and_nothing_else(acme: Tenant, dump: Any) -> None:
    await observed(acme)
    before = await dump(*OTHERS)
    assert len((await cycle(acme)).feedback_created) == 2
    assert await dump(*OTHERS) == before
    found = await acme.read("/feedback", as_of=NOON)
    failure = next(item for item in found if item["pattern_type"] == "failure_pattern")
    assert failure["provenance"] == ["run-0", "run-1", "run-2"]
    assert (failure["occurrence_count"], failure["severity"]) == (3, "warning")
    assert (failure["time_window_minutes"], failure["extra_data"]) == (1440, {"worker_ids": ["crawler"]})
    spike = next(item for item in found if item["pattern_type"] == "cost_spike")
    assert spike["provenance"] == ["run-20"]
    assert spike["extra_data"] == {
        "worker_ids": ["writer"],
        "avg_cost_cents": "1",
        "recent_cost_cents": "1.5",
        "baseline_run_count": 5,
    }
    assert "50 % more" in spike["description"]


async def test_acceptance_1_a_second_cycle_at_the_same_moment_adds_nothing(acme: Tenant, dump: Any) -> None:
    await observed(acme)
    await cycle(acme)
    before = await dump(*OTHERS, "pattern_feedback")
    assert (await cycle(acme)).feedback_created == ()
    assert await dump(*OTHERS, "pattern_feedback") == before
    # Later on the same day there is nothing new to say; the next day the failures have left the window.
    assert (await cycle(acme, day(0, 20))).feedback_created == ()
    assert (await cycle(acme, day(2))).feedback_created == ()


async def test_acceptance_1_provenance_is_of_the_tenant_alone(make_tenant: Any) -> None:
    ours, theirs = await make_tenant("ours"), await make_tenant("theirs")
    error = {"status": "failed", "error": "Same error"}
    await report(ours, run(1, day(0, 1), **error), run(2, day(0, 2), **error))
    await report(theirs, *(run(n, day(0, n), **error) for n in range(3, 6)))
    assert (await cycle(ours)).feedback_created == ()
    (found,) = (await cycle(theirs)).failure_patterns
    assert (found.tenant_id, found.run_ids) == ("theirs", ("run-3", "run-4", "run-5"))


async def test_looking_writes_nothing(acme: Tenant, dump: Any) -> None:
    await observed(acme)
    before = await dump(*OTHERS, "pattern_feedback")
    seen = await acme.do("analytics.patterns", "detect", as_of=NOON)
    assert [len(seen["failure_patterns"]), len(seen["cost_spikes"])] == [1, 1]
    assert await acme.do("analytics.patterns", "get_summary", as_of=NOON) == []
    assert await dump(*OTHERS, "pattern_feedback") == before


@pytest.mark.parametrize(
    ("costs", "percent"),
    [
        (["1", "1", "1", "1", "1.5"], "50"),
        (["1", "1", "1", "1", "1.499999"], None),
        (["1", "1", "1", "5"], None),
        # A mean of 10/3: half as much again is exactly 5, which a rounded mean would miss.
        (["3", "3", "4", "3", "3", "4", "5"], "50"),
        (["3", "3", "4", "3", "3", "4", "4.999999"], None),
    ],
)
async def test_the_boundary_of_a_cost_spike_is_exact(
    acme: Tenant, costs: list[str], percent: str | None
) -> None:
    await report(acme, *(run(n, day(-1, n), cost_cents=cost) for n, cost in enumerate(costs)))
    spikes = (await cycle(acme)).cost_spikes
    assert [str(spike.spike_percent.normalize() + 0) for spike in spikes] == (
        [] if percent is None else [str(Decimal(percent).normalize() + 0)]
    )


async def test_what_happens_later_is_not_seen(acme: Tenant) -> None:
    await report(acme, *(run(n, day(0, 10 + n), status="failed", error="E") for n in range(3)))
    assert (await cycle(acme, day(0, 11))).failure_patterns == ()
    assert len((await cycle(acme, day(0, 12))).failure_patterns) == 1


async def test_ended_runs_are_immutable(acme: Tenant) -> None:
    await observed(acme)
    for change in ("status = 'failed'", "cost_cents = 0", "error = NULL"):
        with pytest.raises(DBAPIError, match="immutable"):
            async with get_engine().begin() as connection:
                await connection.execute(
                    text(f"UPDATE worker_runs SET {change} WHERE id IN ('run-0', 'run-20')")
                )


async def test_feedback_is_counted_filtered_and_acknowledged(acme: Tenant) -> None:
    await observed(acme)
    await cycle(acme)
    assert await acme.read("/feedback/stats/summary", as_of=NOON) == {
        "total": 2,
        "acknowledged": 0,
        "unacknowledged": 2,
        "by_type": {"cost_spike": 1, "failure_pattern": 1},
        "by_severity": {"warning": 2},
    }
    page = (await acme.get("/feedback", pattern_type="cost_spike")).json()
    assert page["meta"]["total"] == 1
    (spike,) = page["data"]
    done = await acme.post(f"/feedback/{spike['id']}/acknowledge")
    assert done.json()["data"]["acknowledged_by"] == "key of acme"
    assert (await acme.post(f"/feedback/{spike['id']}/acknowledge")).status_code == 409
    assert [item["id"] for item in await acme.read("/feedback", acknowledged=True)] == [spike["id"]]
    assert len(await acme.read("/feedback", acknowledged=False)) == 1
    assert (await acme.read("/feedback/stats/summary"))["acknowledged"] == 1
    # At noon nobody had seen it.
    assert await acme.read("/feedback", acknowledged=True, as_of=NOON) == []
    assert (await acme.read(f"/feedback/{spike['id']}", as_of=NOON))["acknowledged_by"] is None
    assert (await acme.get(f"/feedback/{spike['id']}", as_of=day(-1))).status_code == 404
    summary = await acme.do("analytics.patterns", "get_summary", as_of=NOON, acknowledged=False, limit=1)
    assert len(summary) == 1


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("get_feedback", {"as_of": NOON}, "MISSING_FEEDBACK_ID"),
        ("get_feedback", {"as_of": NOON, "feedback_id": "x"}, "INVALID_FORMAT"),
        ("list_feedback", {"as_of": NOON, "severity": "loud"}, "INVALID_PARAMS"),
        ("list_feedback", {}, "INVALID_PARAMS"),
        ("list_feedback", {"as_of": NOON, "tenant_id": "other"}, "INVALID_PARAMS"),
        ("nonsense", {}, "UNKNOWN_METHOD"),
    ],
)
async def test_operations_refuse_what_makes_no_sense(
    acme: Tenant, method: str, params: dict[str, Any], code: str
) -> None:
    assert (await acme.call("analytics.feedback", method, **params)).error_code == code


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Timeout at 2026-03-20T10:11:12Z", "timeout at 2026-04-21T22:33:44.5+02:00 "),
        ("Job 7f9c24e5-3c1d-4b8a-9a53-0d6f1f0f4b11 lost", "Job 00000000-3C1D-4B8A-9A53-0D6F1F0F4B11 lost"),
        ("commit deadbeef01 bad", "commit 0123456789abcdef bad"),
        ("worker12 failed after 3 tries", "worker7 failed after 12 tries"),
    ],
)
def test_errors_that_differ_in_what_varies_have_one_signature(one: str, other: str) -> None:
    assert compute_error_signature(one) == compute_error_signature(other)


def test_other_errors_have_other_signatures() -> None:
    assert compute_error_signature("Denied") != compute_error_signature("Denied by policy")
    assert compute_error_signature(None) == compute_error_signature("  ") == "empty_error"


@given(st.text(), st.integers(0, 10**6), st.integers(0, 10**6))
def test_numbers_never_split_a_group(message: str, one: int, other: int) -> None:
    assert compute_error_signature(f"{message} {one}") == compute_error_signature(f"{message} {other}")


def test_settings_name_every_malformed_variable() -> None:
    with pytest.raises(SettingsError) as caught:
        pattern_settings({"FAILURE_PATTERN_THRESHOLD": "0", "COST_SPIKE_THRESHOLD_PERCENT": "many"})
    assert "FAILURE_PATTERN_THRESHOLD='0'" in str(caught.value)
    assert "COST_SPIKE_THRESHOLD_PERCENT='many'" in str(caught.value)
    assert pattern_settings({"COST_SPIKE_THRESHOLD_PERCENT": "12.5"}).cost_spike_percent == Decimal("12.5")
