"""Usage and cost statistics: what they count, how they degrade, and that exports equal the read."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from core_tenant import NOON, Tenant, day, iso
from sqlalchemy import text

from app.db import get_engine

WINDOW = {"from": day(-3, 0), "to": day(1, 0), "as_of": NOON}


async def report(tenant: Tenant, **batch: Any) -> dict[str, int]:
    response = await tenant.post("/analytics/signals", batch)
    assert response.status_code == 200, response.text
    data: dict[str, int] = response.json()["data"]
    return data


async def test_usage_merges_its_three_signals(acme: Tenant) -> None:
    await report(
        acme,
        llm_usage=[
            {"id": "r1", "trace_id": "t1", "created_at": iso(day(-2)), "input_tokens": 5, "output_tokens": 5},
            {"id": "r2", "trace_id": "t2", "created_at": iso(day(-1)), "input_tokens": 100},
        ],
        executions=[
            {"id": "e1", "trace_id": "t1", "status": "success", "created_at": iso(day(-2))},
            {"id": "e2", "trace_id": "t2", "status": "failure", "created_at": iso(day(-1))},
        ],
    )
    await acme.spend(1, day(-2), input_tokens=20, output_tokens=1)
    await acme.spend(1, day(-1), input_tokens=3)
    data = await acme.read("/analytics/statistics/usage", **WINDOW)
    assert data["series"] == [
        {"ts": "2026-03-19", "requests": 1, "compute_units": 1, "tokens": 21},
        {"ts": "2026-03-20", "requests": 1, "compute_units": 0, "tokens": 100},
    ]
    assert data["totals"] == {"requests": 2, "compute_units": 1, "tokens": 121}
    assert data["signals"]["sources"] == ["cost_records", "llm.usage", "worker.execution"]
    assert data["signals"]["degraded"] == []
    assert data["signals"]["freshness_sec"] == 24 * 3600
    assert data["signals"]["freshness"] == "stale"


async def test_a_trace_counts_once_per_bucket_and_orphans_are_named(acme: Tenant) -> None:
    at = [iso(day(-1, 10)), iso(day(-1, 11))]
    await report(
        acme,
        llm_usage=[
            {"id": "late", "trace_id": "t", "created_at": at[1], "input_tokens": 1000},
            {"id": "first", "trace_id": "t", "created_at": at[0], "input_tokens": 1},
            {"id": "own-1", "created_at": at[0], "input_tokens": 2},
            {"id": "own-2", "created_at": at[0], "input_tokens": 3},
        ],
        executions=[
            {"id": "e1", "trace_id": "t", "status": "success", "created_at": at[0]},
            {"id": "e2", "trace_id": "t", "status": "success", "created_at": at[1]},
            {"id": "e3", "trace_id": "nowhere", "status": "success", "created_at": at[0]},
            {"id": "e4", "status": "success", "created_at": at[0]},
        ],
    )
    data = await acme.read("/analytics/statistics/usage", **WINDOW)
    assert data["totals"] == {"requests": 3, "compute_units": 3, "tokens": 6}
    assert (data["signals"]["duplicates"], data["signals"]["orphans"]) == (2, 2)
    assert data["signals"]["conflicts"] == 0
    hourly = await acme.read("/analytics/statistics/usage", **WINDOW, resolution="hour")
    assert [point["ts"] for point in hourly["series"]] == ["2026-03-20T10:00:00Z", "2026-03-20T11:00:00Z"]
    # In an hour of its own, the later run of the trace is the first one.
    assert hourly["totals"]["tokens"] == 1006


async def test_more_executions_than_requests_are_a_conflict(acme: Tenant) -> None:
    await report(acme, executions=[{"id": "e1", "status": "success", "created_at": iso(day(-1))}])
    data = await acme.read("/analytics/statistics/usage", **WINDOW)
    assert data["signals"]["conflicts"] == 1


@pytest.mark.parametrize(
    ("age", "label"), [(0, "live"), (60, "live"), (61, "delayed"), (300, "delayed"), (301, "stale")]
)
async def test_freshness_is_measured_from_the_newest_signal_to_as_of(
    acme: Tenant, age: int, label: str
) -> None:
    await acme.spend(1, NOON - timedelta(seconds=age))
    for topic in ("usage", "cost"):
        signals = (await acme.read(f"/analytics/statistics/{topic}", **WINDOW))["signals"]
        assert (signals["freshness_sec"], signals["freshness"]) == (age, label)


async def test_no_data_is_none_and_not_fresh(acme: Tenant) -> None:
    data = await acme.read("/analytics/statistics/usage", **WINDOW)
    assert data["series"] == []
    assert data["signals"]["sources"] == ["none"]
    assert data["signals"]["freshness"] == "none"


async def test_a_later_record_does_not_change_an_earlier_as_of(acme: Tenant) -> None:
    await acme.spend(3, day(-1))
    before = await acme.get("/analytics/statistics/cost", **WINDOW)
    await acme.spend(5, NOON + timedelta(microseconds=1))
    after = await acme.get("/analytics/statistics/cost", **WINDOW)
    assert before.json()["data"] == after.json()["data"]
    assert before.json()["meta"]["as_of"] == iso(NOON)
    later = await acme.read("/analytics/statistics/cost", **WINDOW | {"as_of": day(0, 13)})
    assert later["totals"]["spend_cents"] == "8"


async def test_cost_is_exact_and_broken_down(acme: Tenant) -> None:
    await acme.do("analytics.cost_write", "create_feature_tag", tag="support.triage", display_name="Triage")
    for number in range(10):
        await acme.spend("0.4", day(-2, hour=number), feature_tag="support.triage", input_tokens=1)
    await acme.spend("0.1", day(-1), model="gpt-large", output_tokens=7)
    await acme.spend("0.2", day(-1), model="gpt-large")
    await acme.spend("0.3", day(-1), model="gpt-mini")
    data = await acme.read("/analytics/statistics/cost", **WINDOW)
    assert data["totals"] == {
        "spend_cents": "4.6",
        "spend_usd": "0.046",
        "requests": 13,
        "input_tokens": 10,
        "output_tokens": 7,
    }
    assert [(point["ts"], point["spend_cents"]) for point in data["series"]] == [
        ("2026-03-19", "4"),
        ("2026-03-20", "0.6"),
    ]
    # Equal spending is ordered by name.
    assert [(item["model"], item["spend_cents"]) for item in data["by_model"]] == [
        ("gpt-small", "4"),
        ("gpt-large", "0.3"),
        ("gpt-mini", "0.3"),
    ]
    assert [(item["feature_tag"], item["pct_of_total"]) for item in data["by_feature"]] == [
        ("support.triage", "86.96"),
        ("untagged", "13.04"),
    ]


async def test_acceptance_10_exports_equal_the_read(acme: Tenant) -> None:
    await report(acme, llm_usage=[{"id": "r1", "created_at": iso(day(-1)), "input_tokens": 5}])
    for cents, offset in (("0.000001", -2), ("1234.5", -1)):
        await acme.spend(cents, day(offset), output_tokens=2)
    for topic in ("usage", "cost"):
        path = f"/analytics/statistics/{topic}"
        data = await acme.read(path, **WINDOW)
        assert data["series"]
        assert await acme.read(f"{path}/export.json", **WINDOW) == data
        exported = await acme.get(f"{path}/export.csv", **WINDOW)
        assert exported.headers["content-type"].startswith("text/csv")
        assert exported.headers["x-as-of"] == iso(NOON)
        assert f'filename="{topic}_20260318_20260322.csv"' in exported.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(exported.text)))
        assert [{"ts": row.pop("timestamp"), **row} for row in rows] == [
            {key: str(value) for key, value in point.items()} for point in data["series"]
        ]


async def test_acceptance_12_the_status_answers_through_the_real_registry(acme: Tenant) -> None:
    data = await acme.read("/analytics/_status")
    assert data["domain"] == "analytics"
    assert data["topics"]["usage"] == {"read": True, "write": False, "signals_bound": 3}
    assert data["topics"]["cost"]["signals_bound"] == 1


async def test_acceptance_14_a_failing_source_is_degraded_and_spares_the_others(acme: Tenant) -> None:
    await report(
        acme,
        llm_usage=[{"id": "r1", "trace_id": "t", "created_at": iso(day(-1)), "input_tokens": 5}],
        executions=[{"id": "e1", "trace_id": "t", "status": "success", "created_at": iso(day(-1))}],
    )
    await acme.spend(1, day(-1))
    async with get_engine().begin() as connection:
        # Cost records come first: what fails there must not spoil the two sources after it.
        await connection.execute(text("ALTER TABLE cost_records RENAME TO elsewhere"))
    data = await acme.read("/analytics/statistics/usage", **WINDOW)
    assert data["signals"]["degraded"] == ["cost_records"]
    assert data["signals"]["sources"] == ["llm.usage", "worker.execution"]
    assert data["totals"] == {"requests": 1, "compute_units": 1, "tokens": 5}
    response = await acme.get("/analytics/statistics/cost", **WINDOW)
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "UNAVAILABLE"
    assert "elsewhere" not in response.text


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"from": None}, 422, "VALIDATION_ERROR"),
        ({"from": "2026-03-01T00:00:00"}, 422, "VALIDATION_ERROR"),
        ({"from": "2026-03-01T00:00:00+01:00"}, 422, "VALIDATION_ERROR"),
        ({"resolution": "week"}, 422, "VALIDATION_ERROR"),
        ({"tenant_id": "other"}, 422, "VALIDATION_ERROR"),
        ({"as_of": "yesterday"}, 400, "INVALID_AS_OF"),
        ({"as_of": "2999-01-01T00:00:00Z"}, 400, "INVALID_AS_OF"),
        ({"from": day(1, 0)}, 400, "INVALID_WINDOW"),
        ({"from": day(-90, 0)}, 400, "INVALID_WINDOW"),
        ({"scope": "project"}, 400, "INVALID_SCOPE"),
    ],
)
async def test_callers_errors_are_4xx(acme: Tenant, change: dict[str, Any], status: int, code: str) -> None:
    params = {key: value for key, value in (WINDOW | change).items() if value is not None}
    for path in ("usage", "cost", "usage/export.csv", "cost/export.json"):
        response = await acme.get(f"/analytics/statistics/{path}", **params)
        assert (response.status_code, response.json()["error"]["code"]) == (status, code), response.text


async def test_the_public_route_names_every_problem_at_once(acme: Tenant) -> None:
    response = await acme.client.get(
        "/api/v1/cus/analytics/statistics/usage?zebra=1&apple=2&from=nonsense&resolution=day&resolution=hour",
        headers=dict(acme.headers),
    )
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == "INVALID_QUERY"
    assert [detail["field"] for detail in error["details"]] == ["apple", "zebra", "resolution", "from", "to"]
    empty = await acme.get("/cus/analytics/statistics/usage", **{"from": day(1), "to": day(0)})
    assert (empty.status_code, empty.json()["error"]["details"][0]["field"]) == (400, "from")


async def test_the_public_route_answers_like_the_console(acme: Tenant) -> None:
    await acme.spend(1, day(-1), input_tokens=4)
    public = await acme.get("/cus/analytics/statistics/usage", **WINDOW)
    assert public.json()["data"] == await acme.read("/analytics/statistics/usage", **WINDOW)
    assert public.json()["meta"]["as_of"] == iso(NOON)
    anonymous = await acme.client.get("/api/v1/cus/analytics/statistics/usage?bad=1")
    assert anonymous.status_code == 401


async def test_signals_from_the_future_are_refused_whole_and_repetitions_change_nothing(acme: Tenant) -> None:
    good = {"id": "r1", "created_at": iso(day(-1)), "input_tokens": 5}
    response = await acme.post(
        "/analytics/signals", {"llm_usage": [good, good | {"id": "r2", "created_at": "2999-01-01T00:00:00Z"}]}
    )
    assert (response.status_code, response.json()["error"]["code"]) == (400, "INVALID_SIGNALS")
    assert await report(acme, llm_usage=[good, good]) == {"accepted": 1, "duplicates": 1}
    assert await report(acme, llm_usage=[good | {"input_tokens": 999}]) == {"accepted": 0, "duplicates": 1}
    assert (await acme.read("/analytics/statistics/usage", **WINDOW))["totals"]["tokens"] == 5


async def test_the_largest_amounts_add_up(acme: Tenant) -> None:
    for number in range(50):
        await acme.spend(Decimal("99999999.999999"), day(-1, minute=number))
    data = await acme.read("/analytics/statistics/cost", **WINDOW)
    assert data["totals"]["spend_cents"] == "4999999999.99995"
