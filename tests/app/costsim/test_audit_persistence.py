"""The coordination audit takes every class and decision, and never harms who writes it."""

import inspect
import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.hoc.cus.analytics.L6_drivers import audit_persistence
from app.hoc.cus.analytics.L6_drivers.audit_persistence import (
    DECISIONS,
    ENVELOPE_CLASSES,
    FEATURE_INTENT,
    RETRY_POLICY,
    CoordinationAuditRecordDB,
    persist_audit_record,
)
from app.infra import FeatureIntent, RetryPolicy, validate_module_intent
from app.models import Base, Tenant

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def decision(**more: Any) -> dict[str, Any]:
    return {
        "audit_id": str(uuid.uuid4()),
        "envelope_id": "envelope-1",
        "envelope_class": "COST",
        "decision": "APPLIED",
        "reason": "nothing in the way",
        "decision_timestamp": MOMENT,
        **more,
    }


async def persist(session: AsyncSession, **values: Any) -> bool:
    def write(sync: Session) -> bool:
        return persist_audit_record(sync, **values)

    return await session.run_sync(write)


async def count(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(CoordinationAuditRecordDB)) or 0


async def test_every_class_and_decision_in_either_case_is_stored_in_upper_case(session: AsyncSession) -> None:
    pairs = list(itertools.product(ENVELOPE_CLASSES, DECISIONS))
    async with session.begin():
        for envelope_class, outcome in pairs:
            assert await persist(session, **decision(envelope_class=envelope_class, decision=outcome))
            assert await persist(
                session, **decision(envelope_class=envelope_class.lower(), decision=outcome.lower())
            )
    rows = list(await session.scalars(select(CoordinationAuditRecordDB)))
    assert sorted((row.envelope_class, row.decision) for row in rows) == sorted(pairs * 2)


async def test_all_fields_arrive(session: AsyncSession) -> None:
    values = decision(
        conflicting_envelope_id="c",
        preempting_envelope_id="p",
        active_envelopes_count=3,
        tenant_id="tenant-a",
    )
    assert await persist(session, **values)
    row = (await session.scalars(select(CoordinationAuditRecordDB))).one()
    for name, value in (values | {"audit_id": uuid.UUID(values["audit_id"])}).items():
        assert getattr(row, name) == value, name
    assert row.created_at.tzinfo is not None


async def test_the_same_decision_twice_is_one_record(session: AsyncSession) -> None:
    values = decision()
    assert await persist(session, **values)
    assert await persist(session, **values | {"reason": "told again"})
    row = (await session.scalars(select(CoordinationAuditRecordDB))).one()
    assert row.reason == "nothing in the way"


async def test_a_replay_writes_nothing_and_succeeds(session: AsyncSession) -> None:
    assert await persist(session, **decision(emit_traces=False))
    assert await count(session) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"envelope_class": "UNKNOWN"},
        {"envelope_class": None},
        {"decision": "MAYBE"},
        {"audit_id": "not a uuid"},
        {"audit_id": None},
        {"envelope_id": ""},
        {"envelope_id": "e" * 101},
        {"tenant_id": "t" * 101},
        {"reason": ""},
        {"decision_timestamp": datetime(2026, 3, 1)},
        {"active_envelopes_count": -1},
        {"active_envelopes_count": 2**31},
    ],
)
async def test_a_record_that_cannot_be_stored_is_false_and_in_the_log(
    session: AsyncSession, wrong: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async with session.begin():
        session.add(Tenant(id="business"))
        assert not await persist(session, **decision(**wrong))
    assert await session.get(Tenant, "business") is not None
    assert await count(session) == 0
    assert "coordination_audit_dead_letter" in caplog.text


async def test_a_failing_database_does_not_take_the_business_transaction_with_it(
    session: AsyncSession, caplog: pytest.LogCaptureFixture
) -> None:
    broken = {"tenant_id": "nul \x00 is no text on PostgreSQL"}
    if session.get_bind().dialect.name == "sqlite":
        await session.execute(text("DROP TABLE coordination_audit_records"))
        broken = {}
    session.add(Tenant(id="business"))
    await session.flush()
    assert not await persist(session, **decision(**broken))
    await session.commit()
    assert await session.get(Tenant, "business") is not None
    assert "coordination_audit_dead_letter" in caplog.text
    assert "envelope-1" in caplog.text


async def test_a_failure_that_passes_is_tried_once_more(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, attempts = audit_persistence._insert, []

    def flaky(db: Session, record: Any) -> bool:
        attempts.append(record)
        if len(attempts) == 1:
            raise OperationalError("INSERT", {}, Exception("lock timeout"))
        return insert(db, record)

    monkeypatch.setattr(audit_persistence, "_insert", flaky)
    assert await persist(session, **decision())
    assert len(attempts) == 2
    assert await count(session) == 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE coordination_audit_records SET reason = 'x'", "DELETE FROM coordination_audit_records"],
)
async def test_the_database_refuses_to_change_the_audit(session: AsyncSession, statement: str) -> None:
    async with session.begin():
        await persist(session, **decision())
    with pytest.raises(DBAPIError, match="append-only"):
        await session.execute(text(statement))


async def test_persisting_neither_commits_nor_rolls_back(
    session: AsyncSession, other_session: AsyncSession
) -> None:
    assert await persist(session, **decision())
    if session.get_bind().dialect.name != "sqlite":  # there the open writer would keep the reader waiting
        assert await count(other_session) == 0
    await session.rollback()
    assert await count(session) == 0


def test_declared_once_and_with_intent() -> None:
    tables = [m for m in Base.registry.mappers if m.local_table.name == "coordination_audit_records"]  # type: ignore[attr-defined]  # every mapper here has a table
    assert len(tables) == 1
    assert (FEATURE_INTENT, RETRY_POLICY) == (FeatureIntent.STATE_MUTATION, RetryPolicy.SAFE)
    validate_module_intent(vars(audit_persistence))
    assert list(inspect.signature(persist_audit_record).parameters) == [
        *("db", "audit_id", "envelope_id", "envelope_class", "decision", "reason", "decision_timestamp"),
        *("conflicting_envelope_id", "preempting_envelope_id", "active_envelopes_count"),
        *("tenant_id", "emit_traces"),
    ]
    now = audit_persistence._now_utc()
    assert now.tzinfo is not None
