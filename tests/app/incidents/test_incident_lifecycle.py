"""Acceptance 2, 3 and 4: the life of an incident, each step of it told four times and the same each time."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from fault_injection import whole_database
from incident_desk import LONG_AGO, Desk, audit, events, minutes, rows, timeline
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.db import get_async_session, get_engine
from app.hoc.cus.hoc_spine.drivers.audit_ledger_driver import AuditLedgerDriver
from app.hoc.cus.hoc_spine.orchestrator.coordinators.incident_work import in_transaction
from app.hoc.cus.incidents.L5_engines.incident_aggregator import Trigger
from app.hoc.cus.incidents.L5_schemas.incident_row import MUTABLE_FIELDS, Actor, mutable_state
from app.infra.canonical_json import content_hash

STATES = ("ACTIVE", "ACKED", "RESOLVED", "REOPENED")
STEPS: dict[str, dict[str, Any]] = {
    "acknowledge_incident": {},
    "resolve_incident": {"resolution_type": "fixed", "resolution_summary": "Done."},
    "manual_close_incident": {"reason": "Nobody minds.", "resolution_type": "duplicate"},
    "reopen_incident": {"reason": "Again."},
    "reactivate_incident": {},
}
LEADS_TO = {
    "acknowledge_incident": "ACKED",
    "resolve_incident": "RESOLVED",
    "manual_close_incident": "RESOLVED",
    "reopen_incident": "REOPENED",
    "reactivate_incident": "ACTIVE",
}
ALLOWED = {
    ("ACTIVE", "acknowledge_incident"),
    ("ACTIVE", "resolve_incident"),
    ("ACTIVE", "manual_close_incident"),
    ("ACKED", "resolve_incident"),
    ("ACKED", "manual_close_incident"),
    ("RESOLVED", "reopen_incident"),
    ("REOPENED", "reactivate_incident"),
}
TOLD = {
    "acknowledge_incident": ("acknowledged", "IncidentAcknowledged"),
    "resolve_incident": ("resolved", "IncidentResolved"),
    "manual_close_incident": ("manually_closed", "IncidentManuallyClosed"),
    "reopen_incident": ("reopened", "IncidentReopened"),
    "reactivate_incident": ("reactivated", "IncidentReactivated"),
}
STATUS = {"ACTIVE": "open", "ACKED": "acknowledged", "RESOLVED": "resolved", "REOPENED": "open"}


@pytest.mark.parametrize(("state", "step"), sorted(ALLOWED))
async def test_acceptance_3_state_timeline_audit_and_event_agree(desk: Desk, state: str, step: str) -> None:
    incident_id = await desk.bring_to(state)
    (before,) = await rows("incidents", id=incident_id)
    known_events, known_audit = len(await events()), len(await audit(incident_id))
    answer = await desk.do(step, incident_id=incident_id, **STEPS[step])
    (row,) = await rows("incidents", id=incident_id)
    entry = (await timeline(incident_id))[-1]
    *_, record = await audit(incident_id)
    *_, event = await events()
    target, (entry_type, name) = LEADS_TO[step], TOLD[step]

    assert (row["lifecycle_state"], row["status"]) == (target, STATUS[target])
    assert row["revision"] == before["revision"] + 1 == entry["sequence_no"] == answer.revision
    assert (len(await events()), len(await audit(incident_id))) == (known_events + 1, known_audit + 1)
    assert entry["event_type"] == entry_type
    assert (entry["actor_type"], entry["actor_id"]) == ("user", "ann")
    assert entry["after_state"] == record["after_state"] == mutable_state(answer)
    assert entry["before_state"] == record["before_state"]
    assert set(entry["after_state"]) == set(MUTABLE_FIELDS)
    assert (entry["before_state"]["lifecycle_state"], entry["after_state"]["lifecycle_state"]) == (
        state,
        target,
    )
    assert (record["event_type"], record["entity_type"], record["actor_id"]) == (name, "incident", "ann")
    assert event["event_type"] == f"incidents.{name}"
    assert (event["incident_id"], event["incident_state"]) == (incident_id, target)
    assert (event["actor_type"], event["actor_id"], event["decision_owner"]) == ("user", "ann", "incidents")
    assert row["updated_at"] == entry["created_at"] == record["recorded_at"]
    if target == "ACKED":
        assert (row["acknowledged_at"], row["acknowledged_by"]) == (row["updated_at"], "ann")
    if target == "RESOLVED":
        assert row["resolved_at"] == row["ended_at"] == row["updated_at"]
        assert row["duration_seconds"] == int((row["ended_at"] - row["started_at"]).total_seconds())
        assert row["resolved_by"] == "ann"
        assert event["resolution_type"] == row["resolution_type"] == record["after_state"]["resolution_type"]
        assert event["resolution_method"] == row["resolution_method"]
    else:
        assert (
            row["resolved_at"] is row["ended_at"] is row["duration_seconds"] is row["resolution_type"] is None
        )


@pytest.mark.parametrize("state", STATES)
async def test_acceptance_2_a_step_the_state_does_not_allow_is_a_conflict(desk: Desk, state: str) -> None:
    incident_id = await desk.bring_to(state)
    before = await whole_database()
    steps = [step for step in STEPS if (state, step) not in ALLOWED]
    assert len(steps) >= 2
    for step in steps:
        assert await desk.refused(step, incident_id=incident_id, **STEPS[step]) == "CONFLICT"
    assert await whole_database() == before


async def test_acceptance_2_and_3_unknown_and_foreign_incidents_are_not_found(
    desk: Desk, make_desk: Any
) -> None:
    other = await make_desk("other")
    incidents = {state: await desk.bring_to(state) for state in STATES}
    before = await whole_database()
    steps = STEPS | {"add_evidence": {"evidence_type": "note", "payload": {"a": 1}}}
    for state, incident_id in incidents.items():
        for step, params in steps.items():
            assert await other.refused(step, incident_id=incident_id, **params) == "NOT_FOUND", (state, step)
            assert await desk.refused(step, incident_id="no-such", **params) == "NOT_FOUND", (state, step)
    assert await whole_database() == before


@pytest.mark.parametrize("step", STEPS)
async def test_acceptance_3_a_failing_audit_rolls_everything_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    state = {"reopen_incident": "RESOLVED", "reactivate_incident": "REOPENED"}.get(step, "ACTIVE")
    incident_id = await desk.bring_to(state)
    before = await whole_database()

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the ledger is closed")

    with monkeypatch.context() as patch:
        patch.setattr(AuditLedgerDriver, "append", fail)
        result = await desk.call(step, incident_id=incident_id, **STEPS[step])
    assert not result.success
    assert "ledger" not in str(result.error)
    assert await whole_database() == before
    await desk.do(step, incident_id=incident_id, **STEPS[step])


async def test_acceptance_4_resolving_stores_type_summary_and_postmortem(desk: Desk) -> None:
    incident = await desk.open()
    stub = await desk.do("create_postmortem_stub", "incidents.recurrence", incident_id=incident.id)
    await desk.resolve(
        incident.id,
        resolution_type="rollback",
        resolution_method="rollback",
        resolution_summary="Went back one version.",
        resolution_notes="See the deploy log.",
        postmortem_artifact_id=stub["postmortem_artifact_id"],
    )
    (row,) = await rows("incidents", id=incident.id)
    assert (row["resolution_type"], row["resolution_method"]) == ("rollback", "rollback")
    assert row["resolution_summary"] == "Went back one version."
    assert row["resolution_notes"] == "See the deploy log."
    assert row["postmortem_artifact_id"] == stub["postmortem_artifact_id"]
    assert (await audit(incident.id))[-1]["after_state"]["resolution_type"] == "rollback"
    (event,) = await events("incidents.IncidentResolved")
    assert (event["incident_state"], event["resolution_type"]) == ("RESOLVED", "rollback")
    assert event["postmortem_artifact_id"] == stub["postmortem_artifact_id"]


SENSELESS_RESOLUTIONS: list[tuple[dict[str, Any], str]] = [
    ({"resolution_type": "magic"}, "INVALID_PARAMS"),
    ({"resolution_type": "suppressed"}, "INVALID_PARAMS"),
    ({"resolution_method": "manual_closure"}, "INVALID_PARAMS"),
    ({"resolution_type": "x" * 51}, "INVALID_PARAMS"),
    ({"resolution_method": "magic"}, "INVALID_PARAMS"),
    ({"resolution_summary": " "}, "INVALID_PARAMS"),
    ({"resolution_summary": "a\x00b"}, "INVALID_PARAMS"),
    ({"resolution_notes": "\ud800"}, "INVALID_PARAMS"),
    ({"reason": "x" * 2001}, "INVALID_PARAMS"),
    ({"postmortem_artifact_id": "pm_0"}, "INVALID_POSTMORTEM"),
]


async def test_acceptance_4_a_resolution_that_makes_no_sense_is_refused(desk: Desk) -> None:
    incident = await desk.open()
    before = await whole_database()
    for params, code in SENSELESS_RESOLUTIONS:
        given = {"resolution_type": "fixed", "resolution_summary": "Done."} | params
        assert await desk.refused("resolve_incident", incident_id=incident.id, **given) == code, params
    assert await whole_database() == before


async def test_another_incidents_postmortem_cannot_be_linked(desk: Desk) -> None:
    one, two = await desk.open(), await desk.open()
    stub = await desk.do("create_postmortem_stub", "incidents.recurrence", incident_id=one.id)
    params = {"resolution_type": "fixed", "resolution_summary": "Done."}
    code = await desk.refused(
        "resolve_incident",
        incident_id=two.id,
        postmortem_artifact_id=stub["postmortem_artifact_id"],
        **params,
    )
    assert code == "INVALID_POSTMORTEM"


SENSELESS_INCIDENTS: list[dict[str, Any]] = [
    {"severity": "HIGH"},
    {"severity": ""},
    {"title": ""},
    {"title": "x" * 501},
    {"category": "cache"},
    {"category": "C" * 51},
    {"trigger_type": "Loud"},
    {"source_type": "cost_anomaly"},
    {"source_ref": "x" * 65},
    {"source_ref": ""},
    {"impact_scope": ""},
    {"error_code": " "},
    {"affected_count": 0},
    {"cost_delta_cents": Decimal("0.0000001")},
    {"cost_delta_cents": Decimal("NaN")},
    {"cost_delta_cents": 1.5},
]


async def test_acceptance_2_an_incident_that_makes_no_sense_is_not_opened(desk: Desk) -> None:
    before = await whole_database()
    for params in SENSELESS_INCIDENTS:
        given = {"title": "t", "severity": "low", "category": "C"} | params
        # A severity that is none already violates the invariant; everything else is the engine's to refuse.
        expected = "UNPROCESSABLE" if params == {"severity": ""} else "INVALID_PARAMS"
        assert await desk.refused("create_incident", **given) == expected, params
    assert await whole_database() == before


async def test_all_problems_of_a_new_incident_are_named_at_once(desk: Desk) -> None:
    result = await desk.call(
        "create_incident", title="", severity="low", category="c", trigger_type="T", source_ref="x" * 65
    )
    for name in ("title", "category", "trigger_type", "source_ref"):
        assert name in str(result.error)


async def test_a_cause_has_one_incident(desk: Desk) -> None:
    given = {"title": "t", "severity": "low", "category": "C", "source_type": "run", "source_ref": "run-1"}
    first = await desk.do("create_incident", **given)
    before = await whole_database()
    again = await desk.do("create_incident", **given)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.incident == first.incident
    after = await whole_database()
    del before["incident_intake"], after["incident_intake"]
    assert after == before
    assert len(await rows("incidents")) == 1


async def test_opening_is_told_like_every_other_step(desk: Desk) -> None:
    incident = await desk.open(cost_delta_cents=Decimal("123.456789"), error_code="E1")
    (entry,) = await timeline(incident.id)
    (record,) = await audit(incident.id)
    (event,) = await events()
    (row,) = await rows("incidents")
    assert (entry["sequence_no"], entry["before_state"], entry["event_type"]) == (1, None, "incident_created")
    assert entry["after_state"] == record["after_state"] == mutable_state(incident)
    assert entry["created_at"] == row["created_at"] == row["started_at"]
    assert (row["cost_delta_cents"], row["cost_impact"]) == (Decimal("123.456789"), Decimal("1.234568"))
    assert event["event_type"] == "incidents.IncidentOpened"
    assert (event["severity"], event["source_type"], event["incident_state"]) == ("high", "manual", "ACTIVE")
    assert event["recurrence_signature"] == row["recurrence_signature"]
    assert event["signature_version"] == row["signature_version"] == "1.0.0"


async def test_reopening_forgets_the_end_but_the_timeline_does_not(desk: Desk) -> None:
    incident_id = await desk.bring_to("REOPENED")
    (row,) = await rows("incidents", id=incident_id)
    assert row["reopened_count"] == 1
    for name in ("resolved_at", "resolved_by", "resolution_type", "resolution_summary", "acknowledged_at"):
        assert row[name] is None
    resolved = [entry for entry in await timeline(incident_id) if entry["event_type"] == "resolved"]
    assert resolved[0]["after_state"]["resolution_summary"] == "Warmed it."


async def test_evidence_is_kept_in_any_state_and_for_good(desk: Desk) -> None:
    for state in STATES:
        incident_id = await desk.bring_to(state)
        payload = {"lines": ["ä", 1, None, {"deep": True}]}
        evidence = await desk.do(
            "add_evidence", incident_id=incident_id, evidence_type="log", payload=payload
        )
        (stored,) = await rows("incident_evidence", incident_id=incident_id)
        assert (stored["payload"], stored["captured_by"]) == (payload, "ann")
        assert stored["content_hash"] == evidence.content_hash
        *_, entry = await timeline(incident_id)
        assert entry["data"]["evidence_id"] == evidence.id
        assert entry["after_state"]["lifecycle_state"] == state
        *_, event = await events("incidents.IncidentEvidenceLinked")
        assert event["evidence_id"] == evidence.id
    with pytest.raises(Exception, match="append-only"):
        async with get_engine().begin() as connection:
            await connection.execute(text("UPDATE incident_evidence SET captured_by = 'eve'"))


async def test_the_hash_of_evidence_can_be_computed_from_what_is_stored(desk: Desk) -> None:
    incident = await desk.open()
    payload = {
        "n": [1e16, -2.5e300, -0.0, 1e-7, 0.1, 3.0, 10**30, -7, True, None],
        "ä\u2028": {"\U0001f9ca": ""},
    }
    evidence = await desk.do("add_evidence", incident_id=incident.id, evidence_type="metric", payload=payload)
    (stored,) = await rows("incident_evidence")
    assert stored["payload"] == payload == evidence.payload
    assert content_hash(stored["payload"]) == stored["content_hash"] == evidence.content_hash


async def test_evidence_that_cannot_be_kept_is_refused(desk: Desk) -> None:
    incident = await desk.open()
    before = await whole_database()
    for payload in (
        {},
        {"a": float("nan")},
        {"a": "\x00"},
        {"\ud800": 1},
        {"a": "x" * 100_001},
        {"a": object()},
        {1: "a"},
        {"a": {None: 1}},
    ):
        code = await desk.refused(
            "add_evidence", incident_id=incident.id, evidence_type="log", payload=payload
        )
        assert code == "INVALID_PARAMS"
    assert await whole_database() == before


async def test_the_timeline_is_append_only(desk: Desk) -> None:
    await desk.open()
    for statement in ("UPDATE incident_events SET actor_id = 'eve'", "DELETE FROM incident_events"):
        with pytest.raises(Exception, match="append-only"):
            async with get_engine().begin() as connection:
                await connection.execute(text(statement))


BROKEN_RULES = [
    "lifecycle_state = 'CLOSED'",
    "lifecycle_state = 'RESOLVED'",
    "lifecycle_state = 'ACKED', status = 'acknowledged'",
    "status = 'resolved'",
    "resolved_at = created_at",
    "severity = 'HIGH'",
    "category = 'lower'",
    "resolution_type = 'magic'",
    "resolution_type = 'fixed'",
    "resolution_method = 'magic'",
    "signature_version = NULL",
    "postmortem_artifact_id = 'no-such'",
    "cause_type = 'NOBODY'",
    "revision = 0",
]


async def test_the_database_itself_refuses_what_breaks_the_rules(desk: Desk) -> None:
    await desk.open()
    for change in BROKEN_RULES:
        with pytest.raises(IntegrityError):
            async with get_engine().begin() as connection:
                await connection.execute(text(f"UPDATE incidents SET {change}"))


async def trigger(desk: Desk, at: datetime, trigger_type: str = "failure_spike", **fields: Any) -> Any:
    """Record a trigger at a moment in the past."""
    async with get_async_session() as session:
        opened = await in_transaction(
            session,
            lambda work: work.aggregator.get_or_create_incident(
                Trigger(desk.tenant_id, trigger_type, "3 of 4", **fields), actor=Actor("guard", "sdk"), now=at
            ),
        )
        return opened.incident


async def test_silent_triggers_are_resolved_and_nothing_else_is(desk: Desk, make_desk: Any) -> None:
    other = await make_desk("other")
    stale = await trigger(desk, LONG_AGO)
    foreign = await trigger(other, LONG_AGO)
    acked = await trigger(desk, LONG_AGO, "freeze")
    await desk.do("acknowledge_incident", incident_id=acked.id)
    by_hand = await desk.open()
    data = await desk.do("resolve_stale_incidents")
    assert ([incident.id for incident in data["incidents"]], data["count"]) == ([stale.id], 1)
    (row,) = await rows("incidents", id=stale.id)
    assert (row["lifecycle_state"], row["resolution_type"], row["resolution_method"]) == (
        "RESOLVED",
        "auto",
        "auto",
    )
    assert row["resolved_by"] == "system_auto_resolve"
    *_, entry = await timeline(stale.id)
    assert (entry["event_type"], entry["actor_type"]) == ("auto_resolved", "system")
    (event,) = await events("incidents.IncidentResolved")
    assert (event["actor_type"], event["actor_id"], event["resolution_type"]) == (
        "system",
        "system_auto_resolve",
        "auto",
    )
    for incident_id in (foreign.id, by_hand.id):
        assert (await rows("incidents", id=incident_id))[0]["lifecycle_state"] == "ACTIVE"
    assert (await desk.do("resolve_stale_incidents"))["count"] == 0
    assert await desk.refused("resolve_stale_incidents", limit=0) == "INVALID_PARAMS"


async def test_a_timeline_never_runs_backwards(desk: Desk) -> None:
    incident = await trigger(desk, LONG_AGO)
    await trigger(desk, LONG_AGO + minutes(2))
    await trigger(desk, LONG_AGO + minutes(1))
    entries = await timeline(incident.id)
    assert [entry["created_at"] for entry in entries] == [
        LONG_AGO,
        LONG_AGO + minutes(2),
        LONG_AGO + minutes(2),
    ]


async def test_over_http_each_refusal_has_its_status(client: Any, make_headers: Any) -> None:
    ann = await make_headers("acme", "incidents:write")
    eve = await make_headers("other", "incidents:write")
    reader = await make_headers("acme", "incidents:read")
    base = "/api/v1/incidents"
    body = {"title": "t", "severity": "high", "category": "CACHE", "cost_delta_cents": "1.5"}
    opened = (await client.post(base, json=body, headers=ann)).json()["data"]
    incident, path = opened["incident"], f"{base}/{opened['incident']['id']}"
    assert (opened["is_new"], incident["tenant_id"], incident["cost_impact"]) == (True, "acme", "0.015")

    async def status(url: str, headers: Any, content: Any = None) -> int:
        return int((await client.post(url, json=content, headers=headers)).status_code)

    assert await status(base, ann, body | {"tenant_id": "other"}) == 422
    assert await status(base, ann, body | {"severity": "HIGH"}) == 422
    assert await status(base, reader, body) == 403
    assert await status(base, {}, body) == 401
    assert await status(f"{path}/acknowledge", eve, {}) == 404
    assert await status(f"{path}/acknowledge", ann, {}) == 200
    assert await status(f"{path}/acknowledge", ann, {}) == 409
    assert await status(f"{path}/reactivate", ann, {}) == 409
    resolution = {"resolution_type": "fixed", "resolution_summary": "Done."}
    assert await status(f"{path}/resolve", ann, resolution | {"postmortem_artifact_id": "pm_x"}) == 400
    assert await status(f"{path}/resolve", ann, resolution) == 200
    assert await status(f"{path}/resolve", ann, resolution) == 409
    assert await status(f"{path}/close", ann, {"reason": "r"}) == 409
    assert await status(f"{path}/reopen", ann, {"reason": "r"}) == 200
    assert await status(f"{path}/reactivate", ann, {}) == 200
    assert await status(f"{path}/close", ann, {"reason": "r"}) == 200
    assert await status(f"{path}/evidence", ann, {"evidence_type": "note", "payload": {"a": 1}}) == 200
    assert await status(f"{base}/triggers", ann, {"trigger_type": "freeze"}) == 200
    assert await status(f"{base}/resolve-stale", ann, {}) == 403
    assert await status(f"{base}/suppression-rules", ann, {"category": "A", "reason": "r"}) == 403
