"""Every mutating operation is one transaction of L4's: committed once, or nothing of it is there."""

from decimal import Decimal
from typing import Any

import pytest
from core_tenant import NOON, Tenant, day, iso
from fault_injection import COMMIT, assert_all_or_nothing, failing_at, whole_database

from app.hoc.cus.analytics.L5_engines.cost_model_engine import (
    calculate_cumulative_risk,
    classify_drift,
    get_skill_coefficients,
)
from app.hoc.cus.analytics.L5_engines.cost_model_tables import SKILL_COST_COEFFICIENTS

ARTIFACT = {
    "dataset_id": "costs",
    "dataset_version": "1",
    "input_window_hash": "a" * 64,
    "as_of": NOON,
    "compute_code_version": "abc",
}


async def prepare(tenant: Tenant) -> dict[str, Any]:
    """What the operations need; returns the ids of an open and an acknowledged anomaly and of feedback."""
    for offset in range(-34, 0):
        await tenant.spend(100 if offset < -9 else 200, day(offset), user_id="u1")
    for kind, entity in (("tenant", None), ("user", "u1")):
        await tenant.do(
            "analytics.cost_write",
            "set_budget",
            budget_type=kind,
            entity_id=entity,
            monthly_limit_cents=Decimal(1000),
        )
    await tenant.backdate("cost_budgets", day(-60))
    await tenant.do("analytics.cost_write", "create_feature_tag", tag="a.b", display_name="AB")
    runs = [
        {
            "id": f"r{n}",
            "worker_id": "w",
            "task": "t",
            "status": "failed",
            "error": "E",
            "created_at": iso(day(0, 2 + n)),
        }
        for n in range(3)
    ]
    await tenant.post("/analytics/signals", {"worker_runs": runs})
    await tenant.do("analytics.detection", "run_detection", as_of=day(-1))
    await tenant.do("analytics.patterns", "run_cycle", as_of=day(0, 6))
    first, second, *_ = await tenant.read("/detection/anomalies")
    await tenant.do("analytics.detection", "acknowledge_anomaly", anomaly_id=second["id"])
    (feedback,) = await tenant.read("/feedback")
    return {"open": first["id"], "acknowledged": second["id"], "feedback": feedback["id"]}


def mutations(ids: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every method that writes, with parameters that make it write."""
    signal = {"created_at": day(-1)}
    return [
        ("analytics.cost_write", {"method": "create_feature_tag", "tag": "c.d", "display_name": "CD"}),
        (
            "analytics.cost_write",
            {"method": "update_feature_tag", "tag": "a.b", "changes": {"is_active": False}},
        ),
        ("analytics.cost_write", {"method": "record_cost", "model": "m", "cost_cents": Decimal(1)}),
        (
            "analytics.cost_write",
            {"method": "set_budget", "budget_type": "tenant", "daily_limit_cents": Decimal(1)},
        ),
        (
            "analytics.signals",
            {
                "method": "ingest",
                "llm_usage": [signal | {"id": "l1"}, signal | {"id": "l2"}],
                "executions": [signal | {"id": "e1", "status": "success"}],
            },
        ),
        ("analytics.detection", {"method": "run_detection", "as_of": NOON}),
        ("analytics.detection", {"method": "acknowledge_anomaly", "anomaly_id": ids["open"]}),
        (
            "analytics.detection",
            {"method": "resolve_anomaly", "anomaly_id": ids["acknowledged"], "resolution": "resolved"},
        ),
        ("analytics.feedback", {"method": "acknowledge_feedback", "feedback_id": ids["feedback"]}),
        ("analytics.patterns", {"method": "run_cycle", "as_of": day(1, 1)}),
        ("analytics.prediction", {"method": "run_cycle", "as_of": NOON}),
        ("analytics.artifacts", {"method": "save", **ARTIFACT}),
        ("analytics.artifacts", {"method": "save", **ARTIFACT, "as_of": day(1), "supersede": True}),
        ("analytics.costsim.datasets", {"method": "validate", "dataset_id": "low_variance"}),
    ]


async def test_acceptance_11_each_mutation_commits_once_and_survives(acme: Tenant) -> None:
    ids = await prepare(acme)
    for operation, params in mutations(ids):
        before = await whole_database()
        with failing_at(0) as steps:
            result = await acme.call(operation, **params)
        assert result.success, (operation, result.error)
        assert steps.count(COMMIT) == 1, (operation, params)
        # Read on another connection.
        assert await whole_database() != before, (operation, params)


@pytest.mark.parametrize("which", range(14))
async def test_acceptance_11_a_failure_at_any_statement_leaves_nothing(acme: Tenant, which: int) -> None:
    operation, params = mutations(await prepare(acme))[which]
    steps = await assert_all_or_nothing(lambda: acme.call(operation, **params))
    assert len(steps) > 1


def test_acceptance_13_the_cost_model_keeps_its_published_values() -> None:
    published = {"http_call": (1.0, 0.2), "llm_invoke": (100.0, 0.3), "json_transform": (0.1, 0.05)}
    assert len(SKILL_COST_COEFFICIENTS) == 10
    for skill, (base, variance) in published.items():
        coefficients = get_skill_coefficients(skill)
        assert (coefficients["base"], coefficients["variance"]) == (base, variance)
    assert calculate_cumulative_risk([{"a": 0.5}, {"b": 0.5, "c": 0.2}]) == pytest.approx(1 - 0.5 * 0.5 * 0.8)
    for v2, verdict in ((108.33, "MATCH"), (125, "MINOR_DRIFT"), (150, "MAJOR_DRIFT"), (150.1, "MISMATCH")):
        assert classify_drift(100, v2, True, True).verdict.name == verdict, v2
    assert classify_drift(0, 5, True, True).verdict.name != "MATCH"
