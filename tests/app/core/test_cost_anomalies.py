"""Detection: severities, spikes, drift, budgets, causes, and what running it again changes."""

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from core_tenant import NOON, Tenant, day, iso

from app.hoc.cus.analytics.L5_engines.anomaly_rules import classify_budget, classify_severity
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import AnomalySeverity, AnomalyType

STATE = (
    "cost_anomalies",
    "incidents",
    "cost_breach_history",
    "cost_drift_tracking",
    "cost_detection_runs",
)


async def detect(tenant: Tenant, as_of: datetime = NOON) -> Any:
    response = await tenant.post("/cost/anomalies/detect", {"as_of": iso(as_of)})
    assert response.status_code == 200, response.text
    return response.json()["data"]


async def anomalies(tenant: Tenant, as_of: datetime = NOON, **params: Any) -> list[dict[str, Any]]:
    return list(await tenant.read("/cost/anomalies", as_of=as_of, include_resolved=True, **params))


async def spend_days(tenant: Tenant, cents: Mapping[int, str | int], **fields: Any) -> None:
    for offset, amount in cents.items():
        await tenant.spend(amount, day(offset), **fields)


async def set_budget(tenant: Tenant, **limits: Any) -> None:
    limits.setdefault("budget_type", "tenant")
    await tenant.do("analytics.cost_write", "set_budget", **limits)
    await tenant.backdate("cost_budgets", day(-60))


@pytest.mark.parametrize(
    ("deviation", "severity"),
    [
        ("-5", None),
        ("14.99", None),
        ("15", AnomalySeverity.LOW),
        ("24.99", AnomalySeverity.LOW),
        ("25", AnomalySeverity.MEDIUM),
        ("40", AnomalySeverity.MEDIUM),
        ("40.01", AnomalySeverity.HIGH),
        ("4000", AnomalySeverity.HIGH),
    ],
)
def test_acceptance_4_severity_bands(deviation: str, severity: AnomalySeverity | None) -> None:
    assert classify_severity(Decimal(deviation)) is severity


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ("79.99", None),
        ("80", (AnomalyType.BUDGET_WARNING, AnomalySeverity.MEDIUM)),
        ("89.99", (AnomalyType.BUDGET_WARNING, AnomalySeverity.MEDIUM)),
        ("90", (AnomalyType.BUDGET_WARNING, AnomalySeverity.HIGH)),
        ("99.99", (AnomalyType.BUDGET_WARNING, AnomalySeverity.HIGH)),
        ("100", (AnomalyType.BUDGET_EXCEEDED, AnomalySeverity.HIGH)),
    ],
)
def test_acceptance_4_budget_severities(usage: str, expected: Any) -> None:
    assert classify_budget(Decimal(usage), 80) == expected


async def test_acceptance_5_one_breach_day_is_silent_two_are_a_spike_a_gap_resets(acme: Tenant) -> None:
    await spend_days(acme, dict.fromkeys(range(-14, -2), 100), user_id="u1")
    await spend_days(acme, {-2: 200, -1: 200, 0: 100, 1: 200, 2: 100})
    # Judged in the morning after: the first breach alone is silent.
    assert (await detect(acme, day(-1)))["anomalies_detected"] == 0
    assert (await detect(acme, day(0)))["anomalies_detected"] == 1
    (spike,) = await anomalies(acme, day(0))
    assert (spike["anomaly_type"], spike["entity_type"], spike["breach_count"]) == (
        "ABSOLUTE_SPIKE",
        "tenant",
        2,
    )
    assert (spike["current_value"], spike["expected_value"], spike["deviation_pct"]) == ("200", "100", "100")
    assert (spike["severity"], spike["metadata"]["consecutive_breaches"]) == ("HIGH", 2)
    # A normal day, then one breach: again silent (that the week as a whole drifts is another matter).
    for offset in (1, 2, 3):
        await detect(acme, day(offset))
    spikes = [a for a in await anomalies(acme, day(3)) if a["anomaly_type"] == "ABSOLUTE_SPIKE"]
    assert [a["id"] for a in spikes] == [spike["id"]]


async def test_a_missed_run_does_not_hide_a_spike_and_the_hour_has_no_influence(acme: Tenant) -> None:
    await spend_days(acme, dict.fromkeys(range(-14, -2), 100) | {-2: 150, -1: 160}, user_id="u1")
    await acme.spend(100_000, day(0, 1), user_id="u1")
    for as_of in (day(0, 0), day(0, 23)):
        assert (await detect(acme, as_of))["anomalies_detected"] == 2
        found = await anomalies(acme, day(0, 23))
        assert [
            (a["entity_type"], a["entity_id"], a["current_value"])
            for a in found
            if a["deviation_pct"] == "60"
        ] == [(a["entity_type"], a["entity_id"], "160") for a in found]
        assert {(a["entity_type"], a["entity_id"]) for a in found} == {("user", "u1"), ("tenant", None)}


@pytest.mark.parametrize(
    ("base", "spend", "severity"),
    [
        # 7 active days with 10 in all: 1.4 times their average is exactly 2, which a float would miss.
        ([2, 2, 2, 1, 1, 1, 1], "2", "MEDIUM"),
        ([2, 2, 2, 1, 1, 1, 1], "2.000001", "HIGH"),
        ([2, 2, 2, 1, 1, 1, 1], "1.999999", None),
    ],
)
async def test_the_spike_boundary_is_exact(
    acme: Tenant, base: list[int], spend: str, severity: str | None
) -> None:
    await spend_days(acme, {-9 + index: cents for index, cents in enumerate(base)})
    await spend_days(acme, {-2: 90, -1: spend})
    await detect(acme)
    assert [a["severity"] for a in await anomalies(acme)] == ([] if severity is None else [severity])


async def test_an_entity_without_baseline_or_without_spending_is_not_judged(acme: Tenant) -> None:
    await spend_days(acme, {-2: 500, -1: 500}, user_id="new")
    assert (await detect(acme))["anomalies_detected"] == 0


def drifting(start: int, length: int) -> dict[int, str | int]:
    """Five weeks of 100 a day, then days of 150; the rolling week passes 125 % with the fourth."""
    return dict.fromkeys(range(start - 35, start), 100) | dict.fromkeys(range(start, start + length), 139)


async def test_acceptance_5_drift_fires_on_the_third_day_and_a_rerun_changes_nothing(
    acme: Tenant, dump: Any
) -> None:
    # 5 of 7 days at 139 are the first above 125 % on average: day -10 + 4.
    await spend_days(acme, drifting(-10, 9))
    assert (await detect(acme, day(-5)))["anomalies_detected"] == 0
    assert (await detect(acme, day(-4)))["anomalies_detected"] == 0
    before = await dump(*STATE)
    assert (await detect(acme, day(-4)))["anomalies_detected"] == 0
    assert await dump(*STATE) == before
    assert (await detect(acme, day(-3)))["anomalies_detected"] == 1
    (drift,) = await anomalies(acme, day(-3))
    assert (drift["anomaly_type"], drift["entity_type"], drift["breach_count"]) == (
        "SUSTAINED_DRIFT",
        "tenant",
        3,
    )
    assert drift["severity"] == "MEDIUM"
    # An earlier moment does not wind the tracking back.
    before = await dump("cost_drift_tracking")
    await detect(acme, day(-5))
    assert await dump("cost_drift_tracking") == before


async def test_acceptance_5_a_reset_drift_can_begin_again(acme: Tenant, dump: Any) -> None:
    await spend_days(acme, drifting(-50, 8) | dict.fromkeys(range(-42, -10), 100) | drifting(-10, 9))
    counts = []
    for offset in range(-48, 1):
        counts.append((await detect(acme, day(offset)))["anomalies_detected"])
        again = await dump("cost_drift_tracking")
        await detect(acme, day(offset))
        assert await dump("cost_drift_tracking") == again
    days = [a["detected_at"][:10] for a in await anomalies(acme, days=90, limit=1000)]
    assert sum(counts) == len(days)
    # Two episodes, weeks apart.
    assert len(days) >= 4
    gaps = [datetime.fromisoformat(a) - datetime.fromisoformat(b) for a, b in itertools.pairwise(days)]
    assert sorted(gaps)[-1] > timedelta(days=20)
    assert len((await dump("cost_drift_tracking"))["cost_drift_tracking"]) == 1


async def test_daily_and_monthly_findings_of_one_budget_stand_apart(acme: Tenant) -> None:
    await set_budget(
        acme,
        daily_limit_cents=Decimal(100),
        monthly_limit_cents=Decimal(1000),
        hard_limit_enabled=True,
    )
    await set_budget(acme, budget_type="user", entity_id="u1", daily_limit_cents=Decimal(100))
    await spend_days(acme, {-2: 700})
    await acme.spend(85, day(0, 1), user_id="u1")
    await acme.spend(15, day(0, 2))
    await acme.spend(1000, day(0, 13))
    result = await detect(acme)
    assert (result["anomalies_detected"], result["incidents_created"]) == (3, 1)
    found = {(a["anomaly_type"], a["entity_type"], a["expected_value"]): a for a in await anomalies(acme)}
    exceeded = found["BUDGET_EXCEEDED", "tenant", "100"]
    assert (exceeded["current_value"], exceeded["deviation_pct"], exceeded["severity"]) == (
        "100",
        "0",
        "HIGH",
    )
    assert exceeded["action_taken"] == "hard_limit_reached"
    month = found["BUDGET_WARNING", "tenant", "1000"]
    assert (month["current_value"], month["deviation_pct"], month["severity"]) == ("800", "-20", "MEDIUM")
    user = found["BUDGET_WARNING", "user", "100"]
    assert (user["entity_id"], user["metadata"]["usage_pct"]) == ("u1", "85")


async def test_acceptance_6_an_open_anomaly_is_updated_in_place_expected_value_too(acme: Tenant) -> None:
    await set_budget(acme, daily_limit_cents=Decimal(100))
    await acme.spend(80, day(0, 1))
    await detect(acme, day(0, 2))
    (first,) = await anomalies(acme)
    await set_budget(acme, daily_limit_cents=Decimal(101))
    await acme.spend(4, day(0, 3))
    await detect(acme, day(0, 4))
    (second,) = await anomalies(acme)
    assert second["id"] == first["id"]
    assert (second["current_value"], second["expected_value"]) == ("84", "101")
    assert second["detected_at"] == first["detected_at"]


async def test_the_next_day_is_another_anomaly(acme: Tenant) -> None:
    await set_budget(acme, monthly_limit_cents=Decimal(100))
    await spend_days(acme, {-3: 85})
    for offset in (-2, -1):
        await detect(acme, day(offset))
    assert len({a["id"] for a in await anomalies(acme)}) == 2


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        (["", "", ""], ["retry", "retry", ""], "RETRY_LOOP"),
        (["retry", "", "", ""], ["retry", "retry", "", ""], "RETRY_LOOP"),
        ([""], ["long"], "PROMPT_GROWTH"),
        (["", ""], ["", "", ""], "TRAFFIC_GROWTH"),
        (["", "", ""], ["", "", ""], "UNKNOWN"),
    ],
)
async def test_the_cause_is_what_changed_since_before_the_spike(
    acme: Tenant, before: list[str], after: list[str], cause: str
) -> None:
    for offset in (*range(-8, -2), -2, -1):
        calls, total = (before, Decimal(300)) if offset < -2 else (after, Decimal(600))
        for number, kind in enumerate(calls):
            await acme.spend(
                (total / len(calls)).quantize(Decimal("0.01")),
                day(offset, minute=number),
                is_retry=kind == "retry",
                input_tokens=1400 if kind == "long" else 1000,
            )
    await detect(acme)
    (spike,) = await anomalies(acme)
    assert spike["derived_cause"] == cause


@pytest.mark.parametrize(
    ("shares", "cause"), [((90, 10), "FEATURE_SURGE"), ((60, 40), "UNKNOWN"), ((100, 0), "UNKNOWN")]
)
async def test_a_feature_surge_needs_another_feature_to_compare(
    acme: Tenant, shares: tuple[int, int], cause: str
) -> None:
    for tag in ("a.a", "b.b"):
        await acme.do("analytics.cost_write", "create_feature_tag", tag=tag, display_name=tag)
    for offset in range(-8, 0):
        for tag, share in zip(("a.a", "b.b"), shares, strict=True):
            factor = 2 if offset >= -2 else 1
            await acme.spend(share * factor, day(offset), feature_tag=tag)
    await detect(acme)
    (tenant,) = (a for a in await anomalies(acme) if a["entity_type"] == "tenant")
    assert tenant["derived_cause"] == cause


async def test_detection_refuses_other_kinds_and_the_future(acme: Tenant) -> None:
    response = await acme.post("/detection/run", {"detection_type": "drift"})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "INVALID_DETECTION_TYPE")
    response = await acme.post("/detection/run", {"as_of": "2999-01-01T00:00:00Z"})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "INVALID_AS_OF")
    assert (await acme.post("/detection/run", {})).json()["data"]["anomalies_detected"] == 0


async def test_acceptance_12_the_detection_status_answers_and_knows_the_last_run(acme: Tenant) -> None:
    status = await acme.read("/detection/status")
    assert (status["healthy"], status["last_run"]) == (True, None)
    assert status["engines"] == {
        "cost": "available",
        "behavioral": "not_implemented",
        "drift": "not_implemented",
        "policy": "not_implemented",
    }
    await detect(acme, NOON)
    await detect(acme, day(-1))
    assert (await acme.read("/detection/status"))["last_run"] == iso(NOON)
