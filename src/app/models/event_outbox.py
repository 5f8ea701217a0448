# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Tables of the event outbox: validated events and the numbering of each tenant's projects.
# Callers: app.models, app.hoc.cus.hoc_spine.drivers.{event_outbox_driver,event_cursor_driver}
# Allowed Imports: sqlalchemy, app.infra, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""The event outbox: an event is stored in the transaction that causes it, or not at all."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base, BigIntegerKey


class EventOutbox(Base):
    """One event. ``payload`` is the whole validated event; the columns repeat what it is found by.
    Append-only.
    """

    __tablename__ = "event_outbox"
    __table_args__ = (
        UniqueConstraint("event_id"),
        UniqueConstraint("tenant_id", "project_id", "sequence_no"),
        CheckConstraint("sequence_no >= 1", name="sequence_from_one"),
    )

    id: Mapped[int] = mapped_column(BigIntegerKey, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(36))
    event_type: Mapped[str] = mapped_column(String(100))
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    project_id: Mapped[str] = mapped_column(String(100))
    sequence_no: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class EventSequence(Base):
    """The last number given out per tenant and project; its row lock orders concurrent events."""

    __tablename__ = "event_sequences"
    __table_args__ = (CheckConstraint("last_sequence_no >= 1", name="sequence_from_one"),)

    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"), primary_key=True)
    project_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    last_sequence_no: Mapped[int] = mapped_column(BigInteger)
