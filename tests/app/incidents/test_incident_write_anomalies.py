"""Acceptance 8: an anomaly and its incident, once, linked both ways, suppressed or not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from fault_injection import whole_database
from incident_desk import LONG_AGO, Desk, audit, events, minutes, rows, timeline
from sqlalchemy import insert

from app.db import get_async_session, get_engine
from app.hoc.cus.analytics.L5_schemas.governance_error import GovernanceError
from app.hoc.cus.hoc_spine.drivers.audit_ledger_driver import AuditLedgerDriver
from app.hoc.cus.hoc_spine.orchestrator.coordinators import anomaly_incident_coordinator as coordinator
from app.hoc.cus.hoc_spine.orchestrator.coordinators.incident_work import IncidentWork
from app.hoc.cus.incidents.L5_schemas.cost_anomaly_fact import CostAnomalyFact
from app.infra.time import utc_now
from app.models import Base, CostAnomaly

DETECT = "analytics.detection"


async def spend_too_much(desk: Desk, at: Any) -> None:
    """A budget of a dollar that is used up: one HIGH anomaly."""
    await desk.do("set_budget", "analytics.cost_write", budget_type="tenant", daily_limit_cents=Decimal(100))
    async with get_engine().begin() as connection:
        budgets = Base.metadata.tables["cost_budgets"]
        await connection.execute(budgets.update().values(created_at=at - timedelta(days=60)))
    await desk.do(
        "record_cost", "analytics.cost_write", model="m", cost_cents=Decimal(150), created_at=at - minutes(60)
    )


async def test_acceptance_8_a_high_anomaly_detected_twice_has_one_incident_linked_both_ways(
    desk: Desk,
) -> None:
    await spend_too_much(desk, LONG_AGO)
    first = await desk.do("run_detection", DETECT, as_of=LONG_AGO)
    again = await desk.do("run_detection", DETECT, as_of=LONG_AGO)
    assert (first.incidents_created, again.incidents_created) == (1, 0)
    (anomaly,) = await rows("cost_anomalies")
    (incident,) = await rows("incidents")
    assert anomaly["severity"] == "HIGH"
    assert (anomaly["incident_id"], incident["source_ref"]) == (incident["id"], anomaly["id"])
    assert (incident["source_type"], incident["trigger_type"]) == ("cost_anomaly", "budget_breach")
    assert (incident["started_at"], incident["lifecycle_state"]) == (LONG_AGO, "ACTIVE")
    assert incident["created_at"] > LONG_AGO
    assert (incident["cost_delta_cents"], incident["cost_impact"]) == (Decimal(50), Decimal("0.5"))
    (entry,) = await timeline(incident["id"])
    assert entry["data"] == {"anomaly_id": anomaly["id"]}
    assert (entry["actor_type"], entry["actor_id"]) == ("system", "anomaly_detection")
    assert [record["event_type"] for record in await audit(incident["id"])] == ["IncidentOpened"]
    (opened,) = await events("incidents.IncidentOpened")
    (detected,) = await events("analytics.AnomalyDetected")
    assert (opened["anomaly_id"], opened["incident_id"]) == (anomaly["id"], incident["id"])
    assert (detected["anomaly_id"], detected["incident_id"]) == (anomaly["id"], incident["id"])


async def test_acceptance_8_what_keeps_the_incident_from_being_stored_fails_the_run(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await spend_too_much(desk, LONG_AGO)
    before = await whole_database()

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the ledger is closed")

    with monkeypatch.context() as patch:
        patch.setattr(AuditLedgerDriver, "append", fail)
        assert await desk.refused("run_detection", DETECT, as_of=LONG_AGO) == "GOVERNANCE_VIOLATION"
    assert await whole_database() == before


async def test_acceptance_8_a_suppressed_anomaly_has_its_incident_closed_and_a_prevention_record(
    desk: Desk,
) -> None:
    rule = await desk.do("create_suppression_rule", category="COST_ANOMALY", reason="A known campaign.")
    await spend_too_much(desk, LONG_AGO)
    assert (await desk.do("run_detection", DETECT, as_of=LONG_AGO)).incidents_created == 1
    (record,) = await rows("prevention_records")
    (incident,) = await rows("incidents")
    (anomaly,) = await rows("cost_anomalies")
    assert (record["rule_id"], record["incident_id"], record["source_ref"], record["outcome"]) == (
        rule.id,
        incident["id"],
        anomaly["id"],
        "prevented",
    )
    assert anomaly["incident_id"] == incident["id"]
    assert (incident["lifecycle_state"], incident["resolution_type"]) == ("RESOLVED", "suppressed")
    assert [entry["event_type"] for entry in await timeline(incident["id"])] == [
        "incident_created",
        "suppressed",
    ]
    (event,) = await events("incidents.IncidentPrevented")
    assert (event["rule_id"], event["prevention_id"], event["incident_state"]) == (
        rule.id,
        record["id"],
        "RESOLVED",
    )
    assert event["anomaly_id"] == anomaly["id"]
    await desk.do("run_detection", DETECT, as_of=LONG_AGO)
    assert len(await rows("prevention_records")) == len(await rows("incidents")) == 1


@pytest.mark.parametrize(
    ("rule", "suppresses"),
    [
        ({"category": "COST_ANOMALY"}, True),
        ({"category": "COST_ANOMALY", "trigger_type": "budget_breach"}, True),
        ({"category": "COST_ANOMALY", "trigger_type": "cost_spike"}, False),
        ({"category": "COST"}, False),
        ({"category": "COST_ANOMALY_BUDGET_EXCEEDED"}, False),
    ],
)
async def test_a_rule_matches_exactly_or_not_at_all(
    desk: Desk, rule: dict[str, str], suppresses: bool
) -> None:
    await desk.do("create_suppression_rule", reason="r", **rule)
    await spend_too_much(desk, LONG_AGO)
    await desk.do("run_detection", DETECT, as_of=LONG_AGO)
    assert len(await rows("prevention_records")) == suppresses


async def test_rules_of_others_revoked_and_expired_ones_do_nothing(desk: Desk, make_desk: Any) -> None:
    other = await make_desk("other")
    given = {"category": "COST_ANOMALY", "reason": "r"}
    await other.do("create_suppression_rule", **given)
    revoked = await desk.do("create_suppression_rule", **given)
    assert await other.refused("revoke_suppression_rule", rule_id=revoked.id) == "NOT_FOUND"
    done = await desk.do("revoke_suppression_rule", rule_id=revoked.id)
    assert (done.revoked_by, done.revoked_at > done.created_at) == ("ann", True)
    assert await desk.refused("revoke_suppression_rule", rule_id=revoked.id) == "CONFLICT"
    expiring = await desk.do("create_suppression_rule", expires_at=utc_now() + timedelta(days=1), **given)
    rules = Base.metadata.tables["incident_suppression_rules"]
    async with get_engine().begin() as connection:
        await connection.execute(
            rules.update()
            .where(rules.c.id == expiring.id)
            .values(created_at=LONG_AGO, expires_at=LONG_AGO + minutes(1))
        )
    await spend_too_much(desk, LONG_AGO)
    await desk.do("run_detection", DETECT, as_of=LONG_AGO)
    assert await rows("prevention_records") == []
    (incident,) = await rows("incidents")
    assert incident["lifecycle_state"] == "ACTIVE"
    told = [
        event["event_type"]
        for event in await events()
        if "Suppression" in event["event_type"] and event["tenant_id"] == "acme"
    ]
    assert told == [f"incidents.SuppressionRule{what}" for what in ("Created", "Revoked", "Created")]
    assert [record["event_type"] for record in await audit(revoked.id)] == [
        "SuppressionRuleCreated",
        "SuppressionRuleRevoked",
    ]


async def test_rules_that_make_no_sense_are_refused(desk: Desk) -> None:
    for wrong in (
        {"category": "cost"},
        {"category": "%"},
        {"reason": " "},
        {"trigger_type": "Loud"},
        {"expires_at": LONG_AGO},
    ):
        given = {"category": "COST_ANOMALY", "reason": "r"} | wrong
        assert await desk.refused("create_suppression_rule", **given) == "INVALID_PARAMS", wrong
    assert await rows("incident_suppression_rules") == []


async def stored_anomaly(severity: str) -> str:
    async with get_engine().begin() as connection:
        await connection.execute(
            insert(CostAnomaly).values(
                id="ca_1",
                tenant_id="acme",
                anomaly_type="ABSOLUTE_SPIKE",
                severity=severity,
                entity_type="user",
                entity_id="u1",
                period="day",
                detection_day=LONG_AGO.date(),
                current_value_cents=Decimal(350),
                expected_value_cents=Decimal(100),
                deviation_pct=Decimal(250),
                threshold_pct=Decimal(140),
                message="m",
                derived_cause="UNKNOWN",
                metadata_json={},
                detected_at=LONG_AGO,
            )
        )
    return "ca_1"


@pytest.mark.parametrize("variant", ["async", "sync"])
async def test_an_incident_can_be_demanded_for_any_anomaly_and_is_linked_back(
    desk: Desk, variant: str
) -> None:
    anomaly_id = await stored_anomaly("MEDIUM")
    arguments = ("acme", anomaly_id, "ABSOLUTE_SPIKE", "MEDIUM", Decimal(350), Decimal(100), "user", "u1")
    ids = set()
    for _ in range(2):
        async with get_async_session() as session, session.begin():
            if variant == "async":
                ids.add(await coordinator.create_incident_from_cost_anomaly(session, *arguments))
            else:
                ids.add(
                    await session.run_sync(coordinator.create_incident_from_cost_anomaly_sync, *arguments)
                )
    (incident,) = await rows("incidents")
    (anomaly,) = await rows("cost_anomalies")
    assert ids == {incident["id"]} == {anomaly["incident_id"]}
    assert (incident["severity"], incident["trigger_type"]) == ("medium", "cost_spike")
    assert incident["title"] == "ABSOLUTE_SPIKE: $2.50 above what was expected"
    assert incident["description"] == "ABSOLUTE_SPIKE of user u1: spent $3.50, expected $1.00."
    assert (incident["impact_scope"], incident["affected_agent_id"]) == ("user", None)
    assert len(await events("incidents.IncidentOpened")) == 1


async def test_a_demanded_incident_that_cannot_be_opened_is_a_governance_error(desk: Desk) -> None:
    before = await whole_database()
    for arguments in (
        ("nobody", "ca_2", "ABSOLUTE_SPIKE", "HIGH", Decimal(2), Decimal(1)),
        ("acme", "x" * 65, "ABSOLUTE_SPIKE", "HIGH", Decimal(2), Decimal(1)),
        ("acme", "ca_2", "ABSOLUTE_SPIKE", "HIGH", Decimal(2), Decimal(10) ** 13),
    ):
        async with get_async_session() as session:
            with pytest.raises(GovernanceError) as caught:
                async with session.begin():
                    await coordinator.create_incident_from_cost_anomaly(session, *arguments)
        assert caught.value.entity_id == arguments[1]
    assert await whole_database() == before


async def test_below_high_the_bridge_opens_nothing(desk: Desk) -> None:
    fact = CostAnomalyFact("acme", "ca_3", "DRIFT", "medium", Decimal(2), Decimal(1), LONG_AGO)
    async with get_async_session() as session, session.begin():
        ingested = await session.run_sync(lambda sync: IncidentWork(sync).bridge.ingest(fact))
    assert ingested is None
    assert await rows("incidents") == []
