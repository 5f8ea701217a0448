"""The audit ledger: what it stores, what it refuses, and that nobody can change it."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.hoc.cus.hoc_spine.drivers.audit_ledger_driver import (
    AuditEntry,
    AuditEntryError,
    get_audit_ledger_driver,
    read_audit_entries,
)
from app.infra.request_id import enter_request, leave_request
from app.models.audit_ledger import AuditLedgerEntry
from app.models.identity import Tenant

NOON = datetime(2026, 3, 21, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "tenant_id": "acme",
    "event_type": "incidents.IncidentResolved",
    "entity_type": "incident",
    "entity_id": "i" * 100,
    "actor_type": "user",
    "actor_id": "alice",
    "before_state": {"state": "ACKED"},
    "after_state": {"state": "RESOLVED", "resolution_type": "manual"},
    "recorded_at": NOON,
}


class Colour(str, Enum):
    RED = "red"


@pytest.fixture
async def ledger(session: AsyncSession) -> AsyncSession:
    """A session in whose database the tenants exist."""
    session.add_all([Tenant(id="acme"), Tenant(id="globex")])
    await session.commit()
    return session


async def append(session: AsyncSession, **changes: Any) -> AuditEntry:
    return await session.run_sync(lambda sync: get_audit_ledger_driver(sync).append(**GOOD | changes))


async def test_an_entry_is_read_back_as_it_was_written(ledger: AsyncSession) -> None:
    token = enter_request("req-123456789abc")
    written = await append(ledger, reason="fixed by hand")
    leave_request(token)
    await ledger.commit()
    [read] = await read_audit_entries(ledger, "acme", entity_type="incident", entity_id="i" * 100, as_of=NOON)
    assert read == written
    assert read.after_state == GOOD["after_state"]
    assert (read.before_state, read.reason, read.request_id, read.recorded_at) == (
        GOOD["before_state"],
        "fixed by hand",
        "req-123456789abc",
        NOON,
    )


async def test_states_keep_exact_values_as_text(ledger: AsyncSession) -> None:
    state = {
        "at": datetime(2026, 3, 21, 13, tzinfo=timezone(timedelta(hours=1))),
        "cents": Decimal("0.10"),
        "colour": Colour.RED,
        "id": UUID(int=7),
        "nested": {"list": (1, None, True)},
    }
    entry = await append(ledger, before_state=None, after_state=state)
    await ledger.commit()
    [read] = await read_audit_entries(ledger, "acme", entity_type="incident", entity_id="i" * 100, as_of=NOON)
    assert (
        read.after_state
        == entry.after_state
        == {
            "at": "2026-03-21T12:00:00+00:00",
            "cents": "0.10",
            "colour": "red",
            "id": "00000000-0000-0000-0000-000000000007",
            "nested": {"list": [1, None, True]},
        }
    )
    assert read.before_state is None


async def test_every_problem_of_an_entry_is_named_and_nothing_is_stored(ledger: AsyncSession) -> None:
    with pytest.raises(AuditEntryError) as caught:
        await append(
            ledger,
            entity_id="i" * 101,
            actor_id="",
            actor_type="robot",
            before_state={"cents": 0.1},
            after_state={"at": datetime(2026, 1, 1)},  # the mistake under test
        )
    for part in ("entity_id must be text of 1 to 100", "actor_id must be text", "actor_type must be one of"):
        assert part in str(caught.value)
    assert "before_state holds a float" in str(caught.value)
    assert "after_state has a moment without a time zone" in str(caught.value)
    with pytest.raises(AuditEntryError, match="before_state or after_state must be given"):
        await append(ledger, before_state=None, after_state=None)
    await ledger.commit()
    assert await ledger.scalar(text("SELECT count(*) FROM audit_ledger")) == 0


async def test_an_entry_of_a_rolled_back_change_is_gone(ledger: AsyncSession) -> None:
    await append(ledger)
    await ledger.rollback()
    assert await ledger.scalar(text("SELECT count(*) FROM audit_ledger")) == 0


async def test_entries_are_read_in_order_per_tenant_and_until_a_moment(ledger: AsyncSession) -> None:
    for minutes, tenant, state in ((0, "acme", "A"), (1, "globex", "B"), (2, "acme", "C"), (3, "acme", "D")):
        await append(
            ledger,
            tenant_id=tenant,
            after_state={"state": state},
            recorded_at=NOON + timedelta(minutes=minutes),
        )
    await ledger.commit()

    async def states(tenant: str, **until: Any) -> list[str]:
        entries = await read_audit_entries(
            ledger, tenant, entity_type="incident", entity_id="i" * 100, **until
        )
        return [entry.after_state["state"] for entry in entries if entry.after_state]

    assert await states("acme", as_of=NOON + timedelta(hours=1)) == ["A", "C", "D"]
    assert await states("acme", as_of=NOON + timedelta(minutes=2)) == ["A", "C"]
    assert await states("acme", as_of=NOON + timedelta(hours=1), limit=1) == ["A"]
    assert await states("globex", as_of=NOON + timedelta(hours=1)) == ["B"]


async def test_the_database_refuses_changes_and_nonsense(
    ledger: AsyncSession, session_factory: async_sessionmaker[AsyncSession]
) -> None:
    await append(ledger)
    await ledger.commit()
    for statement in (
        update(AuditLedgerEntry).values(actor_id="mallory"),
        delete(AuditLedgerEntry),
    ):
        async with session_factory() as other:
            with pytest.raises(DatabaseError, match="append-only"):
                await other.execute(statement)
    for wrong in (
        {"actor_type": "robot"},
        {"entity_id": ""},
        {"before_state": None, "after_state": None},
        {"tenant_id": "nobody"},
    ):
        async with session_factory() as other:
            with pytest.raises(IntegrityError):
                await other.execute(insert(AuditLedgerEntry).values(**GOOD | wrong))
    assert await ledger.scalar(text("SELECT actor_id FROM audit_ledger")) == "alice"
