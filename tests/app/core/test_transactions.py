"""Every mutating operation is one transaction of L4's: committed once, or nothing of it is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from core_tenant import NOON, Tenant, day, iso
from sqlalchemy import event

from app.db import get_engine
from app.hoc.cus.analytics.L5_engines.cost_model_engine import (
    calculate_cumulative_risk,
    classify_drift,
    get_skill_coefficients,
)
from app.hoc.cus.analytics.L5_engines.cost_model_tables import SKILL_COST_COEFFICIENTS

TABLES = (
    "cost_anomalies",
    "cost_breach_history",
    "cost_budgets",
    "cost_detection_runs",
    "cost_drift_tracking",
    "cost_records",
    "feature_tags",
    "incidents",
    "pattern_feedback",
    "prediction_events",
    "runs",
    "aos_traces",
    "worker_runs",
)


class InjectedError(Exception):
    """A failure between two statements."""


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
    ]


@contextmanager
def failing_at(number: int) -> Iterator[list[str]]:
    """Let the ``number``-th writing statement fail; yields the statements that were tried."""
    tried: list[str] = []

    def before(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            tried.append(statement)
            if len(tried) == number:
                raise InjectedError

    engine = get_engine().sync_engine
    event.listen(engine, "before_cursor_execute", before)
    try:
        yield tried
    finally:
        event.remove(engine, "before_cursor_execute", before)


async def test_acceptance_11_each_mutation_commits_once_and_survives(acme: Tenant, dump: Any) -> None:
    commits = 0

    def count(_connection: Any) -> None:
        nonlocal commits
        commits += 1

    ids = await prepare(acme)
    for operation, params in mutations(ids):
        before, commits = await dump(*TABLES), 0
        event.listen(get_engine().sync_engine, "commit", count)
        result = await acme.call(operation, **params)
        event.remove(get_engine().sync_engine, "commit", count)
        assert result.success, (operation, result.error)
        assert commits == 1, (operation, params)
        # Read on another connection.
        assert await dump(*TABLES) != before, (operation, params)


@pytest.mark.parametrize("which", range(11))
async def test_acceptance_11_a_failure_at_any_statement_leaves_nothing(
    acme: Tenant, dump: Any, which: int
) -> None:
    operation, params = mutations(await prepare(acme))[which]
    before = await dump(*TABLES)
    number = 0
    while True:
        number += 1
        with failing_at(number) as tried:
            result = await acme.call(operation, **params)
        if len(tried) < number:
            break
        assert not result.success, (operation, number)
        assert await dump(*TABLES) == before, (operation, number, tried[-1])
    # The run that met no failure is the one that wrote.
    assert result.success
    assert number > 1
    assert await dump(*TABLES) != before


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
