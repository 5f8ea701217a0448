"""What analytics announces: what people decide about anomalies and feedback, and new anomalies; nothing that
observes (PB-S3, PB-S5) has another effect.
"""

from typing import Any

from core_tenant import NOON, Tenant, day
from test_transactions import prepare

from app.db import get_async_session
from app.hoc.cus.hoc_spine.authority.event_schema_contract import NO_PROJECT, validate_event_payload
from app.hoc.cus.hoc_spine.drivers.audit_ledger_driver import AuditEntry, read_audit_entries
from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import read_events
from app.infra.time import utc_now


async def events_of(tenant: Tenant) -> list[dict[str, Any]]:
    async with get_async_session(read_only=True) as session:
        events = await read_events(session, tenant.id, NO_PROJECT, limit=1000)
    for event in events:
        validate_event_payload(event)
    assert [event["sequence_no"] for event in events] == list(range(1, len(events) + 1))
    return events


async def test_new_anomalies_and_what_is_decided_about_them_are_announced(acme: Tenant) -> None:
    ids = await prepare(acme)
    anomalies = await acme.read("/detection/anomalies")
    announced = [
        event for event in await events_of(acme) if event["event_type"] == "analytics.AnomalyDetected"
    ]
    assert {event["anomaly_id"] for event in announced} == {anomaly["id"] for anomaly in anomalies}
    assert len(announced) == len(anomalies)
    # Detecting the same again is nothing new.
    before = len(await events_of(acme))
    await acme.do("analytics.detection", "run_detection", as_of=day(-1))
    assert len(await events_of(acme)) == before

    await acme.do(
        "analytics.detection", "resolve_anomaly", anomaly_id=ids["acknowledged"], resolution="dismissed"
    )
    last = (await events_of(acme))[-1]
    assert (last["event_type"], last["anomaly_id"], last["anomaly_status"]) == (
        "analytics.AnomalyClosed",
        ids["acknowledged"],
        "dismissed",
    )
    assert (last["actor_type"], last["actor_id"], last["decision_owner"]) == ("user", "tester", "analytics")
    [acknowledged] = [
        event for event in await events_of(acme) if event["event_type"] == "analytics.AnomalyAcknowledged"
    ]
    assert acknowledged["anomaly_id"] == ids["acknowledged"]


async def test_a_refused_decision_announces_nothing(acme: Tenant) -> None:
    ids = await prepare(acme)
    before = await events_of(acme)
    for method, params in (
        ("acknowledge_anomaly", {"anomaly_id": ids["acknowledged"]}),
        ("resolve_anomaly", {"anomaly_id": ids["open"], "resolution": "resolved"}),
        ("acknowledge_anomaly", {"anomaly_id": "unknown"}),
    ):
        assert not (await acme.call("analytics.detection", method, **params)).success
    assert await events_of(acme) == before


async def test_feedback_and_predictions_are_observations_until_someone_acknowledges(acme: Tenant) -> None:
    ids = await prepare(acme)
    before = len(await events_of(acme))
    await acme.do("analytics.patterns", "run_cycle", as_of=day(1, 1))
    await acme.do("analytics.prediction", "run_cycle", as_of=NOON)
    assert len(await events_of(acme)) == before
    await acme.do("analytics.feedback", "acknowledge_feedback", feedback_id=ids["feedback"])
    last = (await events_of(acme))[-1]
    assert (last["event_type"], last["feedback_id"]) == ("analytics.FeedbackAcknowledged", ids["feedback"])
    assert not (
        await acme.call("analytics.feedback", "acknowledge_feedback", feedback_id=ids["feedback"])
    ).success
    assert len(await events_of(acme)) == before + 1


async def test_decisions_are_in_the_audit_ledger_with_their_event(acme: Tenant) -> None:
    ids = await prepare(acme)
    await acme.do(
        "analytics.detection",
        "resolve_anomaly",
        anomaly_id=ids["acknowledged"],
        resolution="resolved",
        notes="a known import",
    )
    await acme.do("analytics.feedback", "acknowledge_feedback", feedback_id=ids["feedback"])

    async def entries(entity_type: str, entity_id: str) -> list[AuditEntry]:
        async with get_async_session(read_only=True) as session:
            return await read_audit_entries(
                session, acme.id, entity_type=entity_type, entity_id=entity_id, as_of=utc_now()
            )

    acknowledged, closed = await entries("anomaly", ids["acknowledged"])
    assert (acknowledged.before_state, acknowledged.after_state) == (
        {"status": "open"},
        {"status": "acknowledged"},
    )
    assert (closed.before_state, closed.after_state) == ({"status": "acknowledged"}, {"status": "resolved"})
    assert (closed.event_type, closed.actor_type, closed.actor_id) == (
        "analytics.AnomalyClosed",
        "user",
        "tester",
    )
    assert closed.reason == "a known import"
    [feedback] = await entries("pattern_feedback", ids["feedback"])
    assert (feedback.before_state, feedback.after_state) == ({"acknowledged": False}, {"acknowledged": True})
    assert await entries("anomaly", ids["open"]) == []
