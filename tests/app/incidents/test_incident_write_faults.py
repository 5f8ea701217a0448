"""A fault at every statement of every operation that changes incidents leaves the database as it was, and no event."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from fault_injection import assert_all_or_nothing
from incident_desk import LONG_AGO, Desk
from sqlalchemy import text

from app.db import get_engine
from app.models import Base

RECURRENCE = "incidents.recurrence"
CONTENT = {"title": "t", "summary": "s"}


async def triggered(desk: Desk) -> str:
    """An incident of a trigger."""
    return str((await desk.do("record_trigger", trigger_type="rate_limit")).incident.id)


async def nothing(desk: Desk) -> dict[str, Any]:
    return {}


def at(state: str) -> Any:
    async def prepare(desk: Desk) -> dict[str, Any]:
        return {"incident_id": await desk.bring_to(state)}

    return prepare


async def with_trigger(desk: Desk) -> dict[str, Any]:
    await triggered(desk)
    return {}


async def nearly_escalated(desk: Desk) -> dict[str, Any]:
    incident_id = await triggered(desk)
    async with get_engine().begin() as connection:
        await connection.execute(
            text("UPDATE incidents SET calls_affected = 49 WHERE id = :id"), {"id": incident_id}
        )
    return {}


async def with_stub(desk: Desk) -> dict[str, Any]:
    incident = await desk.open()
    await desk.do("create_postmortem_stub", RECURRENCE, incident_id=incident.id)
    return {"incident_id": incident.id}


async def two_stale(desk: Desk) -> dict[str, Any]:
    await triggered(desk)
    await desk.do("record_trigger", trigger_type="freeze")
    async with get_engine().begin() as connection:
        await connection.execute(Base.metadata.tables["incidents"].update().values(updated_at=LONG_AGO))
    return {}


async def with_rule(desk: Desk) -> dict[str, Any]:
    rule = await desk.do("create_suppression_rule", category="COST_ANOMALY", reason="r")
    return {"rule_id": rule.id}


async def with_anomaly_to_suppress(desk: Desk) -> dict[str, Any]:
    await with_rule(desk)
    await desk.do("set_budget", "analytics.cost_write", budget_type="tenant", daily_limit_cents=Decimal(100))
    async with get_engine().begin() as connection:
        budgets = Base.metadata.tables["cost_budgets"]
        await connection.execute(budgets.update().values(created_at=LONG_AGO - timedelta(days=60)))
    await desk.do(
        "record_cost",
        "analytics.cost_write",
        model="m",
        cost_cents=Decimal(150),
        created_at=LONG_AGO - timedelta(hours=1),
    )
    return {}


CASES: dict[str, tuple[Any, str, str, dict[str, Any]]] = {
    "create": (
        nothing,
        "incidents.write",
        "create_incident",
        {"title": "t", "severity": "low", "category": "C", "source_ref": "r"},
    ),
    "trigger opens": (
        nothing,
        "incidents.write",
        "record_trigger",
        {"trigger_type": "freeze", "call_id": "c"},
    ),
    "trigger merges": (
        with_trigger,
        "incidents.write",
        "record_trigger",
        {"trigger_type": "rate_limit", "call_id": "c"},
    ),
    "trigger escalates": (
        nearly_escalated,
        "incidents.write",
        "record_trigger",
        {"trigger_type": "rate_limit"},
    ),
    "acknowledge": (at("ACTIVE"), "incidents.write", "acknowledge_incident", {"reason": "r"}),
    "resolve": (
        at("ACKED"),
        "incidents.write",
        "resolve_incident",
        {"resolution_type": "fixed", "resolution_summary": "s"},
    ),
    "close": (at("ACTIVE"), "incidents.write", "manual_close_incident", {"reason": "r"}),
    "reopen": (at("RESOLVED"), "incidents.write", "reopen_incident", {"reason": "r"}),
    "reactivate": (at("REOPENED"), "incidents.write", "reactivate_incident", {}),
    "stale": (two_stale, "incidents.write", "resolve_stale_incidents", {}),
    "evidence": (
        at("RESOLVED"),
        "incidents.write",
        "add_evidence",
        {"evidence_type": "log", "payload": {"a": 1}},
    ),
    "rule": (nothing, "incidents.write", "create_suppression_rule", {"category": "C", "reason": "r"}),
    "revoke": (with_rule, "incidents.write", "revoke_suppression_rule", {}),
    "stub": (at("RESOLVED"), RECURRENCE, "create_postmortem_stub", {}),
    "postmortem": (with_stub, RECURRENCE, "write_postmortem", CONTENT | {"supersede": True}),
    "detection": (with_anomaly_to_suppress, "analytics.detection", "run_detection", {"as_of": LONG_AGO}),
}
READS = {"get_recurrence_group", "get_signature_recipe"}


@pytest.mark.parametrize("case", CASES)
async def test_a_fault_at_any_step_leaves_nothing(desk: Desk, case: str) -> None:
    prepare, operation, method, params = CASES[case]
    params = params | await prepare(desk)
    steps = await assert_all_or_nothing(lambda: desk.call(method, operation, **params))
    assert any(step.startswith("INSERT INTO event_outbox") for step in steps), steps
    assert any(step.startswith("INSERT INTO audit_ledger") for step in steps), steps


async def test_no_operation_that_writes_is_left_out(desk: Desk) -> None:
    tested = {method for _, operation, method, _ in CASES.values() if operation.startswith("incidents.")}
    for operation in ("incidents.write", RECURRENCE):
        result = await desk.call("?", operation)
        known = set(str(result.error).partition("known are ")[2].rstrip(".").split(", "))
        assert known, result
        assert known - READS <= tested
