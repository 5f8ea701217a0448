# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Which streams have events a consumer was not given yet, and the cursor that says so; the only writer of it.
# Callers: spine event_relay, system_handler
# Allowed Imports: L4, L7, sqlalchemy
# Forbidden Imports: L2
# Reads: event_cursors, event_outbox, event_sequences
# Writes: event_cursors
"""Queries on the cursors of consumers. A stream is the events of one tenant and project, numbered without gaps."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, and_, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import join, outerjoin

from app.models.event_cursor import EventCursor
from app.models.event_outbox import EventOutbox, EventSequence


@dataclass(frozen=True, order=True)
class Stream:
    """The events of one tenant and project."""

    tenant_id: str
    project_id: str


@dataclass(frozen=True)
class Backlog:
    """What waits for a consumer: how many events, and when the oldest was stored (None without any)."""

    events: int
    oldest: datetime | None


async def streams_with_backlog(session: AsyncSession, consumer: str) -> list[Stream]:
    """The streams with events after the consumer's cursor, in a fixed order."""
    rows = await session.execute(
        select(EventSequence.tenant_id, EventSequence.project_id)
        .select_from(_streams(consumer))
        .where(EventSequence.last_sequence_no > _through())
        .order_by(EventSequence.tenant_id, EventSequence.project_id)
    )
    return [Stream(tenant_id, project_id) for tenant_id, project_id in rows]


async def claim_cursor(session: AsyncSession, consumer: str, stream: Stream) -> int | None:
    """Take the stream for the rest of the transaction and return the number of the last event published; None
    while another transaction has it.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    await session.execute(
        dialect.insert(EventCursor)
        .values(
            consumer=consumer,
            tenant_id=stream.tenant_id,
            project_id=stream.project_id,
            published_through=0,
        )
        .on_conflict_do_nothing(
            index_elements=[EventCursor.consumer, EventCursor.tenant_id, EventCursor.project_id]
        )
    )
    return await session.scalar(
        select(EventCursor.published_through)
        .where(*_cursor(consumer, stream))
        .with_for_update(skip_locked=True)
    )


async def advance_cursor(
    session: AsyncSession, consumer: str, stream: Stream, *, through: int, at: datetime
) -> None:
    """Mark every event of the stream up to ``through`` as published."""
    await session.execute(
        update(EventCursor)
        .where(*_cursor(consumer, stream))
        .values(published_through=through, published_at=at)
        .execution_options(synchronize_session=False)
    )


async def measure_backlog(session: AsyncSession, consumer: str) -> Backlog:
    """What waits for the consumer over all streams."""
    waiting = await session.scalar(
        select(func.sum(EventSequence.last_sequence_no - _through())).select_from(_streams(consumer))
    )
    first_waiting = and_(
        EventOutbox.tenant_id == EventSequence.tenant_id,
        EventOutbox.project_id == EventSequence.project_id,
        EventOutbox.sequence_no == _through() + 1,
    )
    oldest = await session.scalar(
        select(func.min(EventOutbox.created_at)).select_from(
            join(_streams(consumer), EventOutbox, first_waiting)
        )
    )
    return Backlog(int(waiting or 0), oldest)


def _streams(consumer: str) -> FromClause:
    """Every stream, each beside the consumer's cursor if there is one."""
    return outerjoin(
        EventSequence,
        EventCursor,
        and_(
            EventCursor.consumer == consumer,
            EventCursor.tenant_id == EventSequence.tenant_id,
            EventCursor.project_id == EventSequence.project_id,
        ),
    )


def _through() -> ColumnElement[int]:
    return func.coalesce(EventCursor.published_through, 0)


def _cursor(consumer: str, stream: Stream) -> tuple[ColumnElement[bool], ...]:
    return (
        EventCursor.consumer == consumer,
        EventCursor.tenant_id == stream.tenant_id,
        EventCursor.project_id == stream.project_id,
    )
