# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Appends events to the outbox, numbered without gaps per tenant and project.
# Callers: app.hoc.cus.hoc_spine.orchestrator.**
# Allowed Imports: L4, L7, sqlalchemy, app.infra
# Forbidden Imports: L2
# Reads: event_outbox, event_sequences
# Writes: event_outbox, event_sequences
"""The event outbox: an event is stored by the transaction that causes it, so both or neither exist.

The number comes from a row that stays locked until the transaction ends: events of one tenant and project are
numbered in the order of their commits, and one that is rolled back leaves no gap.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.hoc.cus.hoc_spine.authority.event_schema_contract import validate_event_payload
from app.models.event_outbox import EventOutbox, EventSequence


async def append_event(session: AsyncSession, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Store an event with the next number of its tenant and project; returns it as stored.

    Raises ``EventSchemaViolation`` before anything is written.
    """
    return await session.run_sync(append_event_sync, payload)


def append_event_sync(session: Session, payload: Mapping[str, Any]) -> dict[str, Any]:
    """As :func:`append_event`, on the synchronous side of a session."""
    validate_event_payload(payload)
    number = _next_sequence_no(session, payload["tenant_id"], payload["project_id"])
    event = {**payload, "sequence_no": number}
    session.add(
        EventOutbox(
            event_id=event["event_id"],
            event_type=event["event_type"],
            tenant_id=event["tenant_id"],
            project_id=event["project_id"],
            sequence_no=number,
            payload=event,
        )
    )
    session.flush()
    return event


async def read_events(
    session: AsyncSession, tenant_id: str, project_id: str, *, after: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """The events of a tenant's project with a number above ``after``, in order."""
    rows = await session.scalars(
        select(EventOutbox.payload)
        .where(
            EventOutbox.tenant_id == tenant_id,
            EventOutbox.project_id == project_id,
            EventOutbox.sequence_no > after,
        )
        .order_by(EventOutbox.sequence_no)
        .limit(limit)
    )
    return list(rows)


async def list_streams(
    session: AsyncSession, *, tenant_id: str | None = None, project_id: str | None = None
) -> list[tuple[str, str]]:
    """Tenant and project of every stream that has events, in a fixed order; of one tenant or project where named."""
    statement = select(EventSequence.tenant_id, EventSequence.project_id)
    if tenant_id is not None:
        statement = statement.where(EventSequence.tenant_id == tenant_id)
    if project_id is not None:
        statement = statement.where(EventSequence.project_id == project_id)
    rows = await session.execute(statement.order_by(EventSequence.tenant_id, EventSequence.project_id))
    return [(tenant, project) for tenant, project in rows]


def _next_sequence_no(session: Session, tenant_id: str, project_id: str) -> int:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    number: int | None = session.scalar(
        dialect.insert(EventSequence)
        .values(tenant_id=tenant_id, project_id=project_id, last_sequence_no=1)
        .on_conflict_do_update(
            index_elements=[EventSequence.tenant_id, EventSequence.project_id],
            set_={"last_sequence_no": EventSequence.last_sequence_no + 1},
        )
        .returning(EventSequence.last_sequence_no)
    )
    if number is None:
        raise RuntimeError("the database gave no sequence number")
    return number
