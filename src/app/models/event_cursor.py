# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Table of what each consumer of events was given: one cursor per consumer, tenant and project.
# Callers: app.models, app.hoc.cus.hoc_spine.drivers.event_cursor_driver
# Allowed Imports: sqlalchemy, app.infra, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""Which events a consumer was given. The outbox itself is append-only, and events of a stream have no gaps: the
number of the last one published marks all before it.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class EventCursor(Base):
    """The last event published to a consumer per tenant and project; its row lock keeps relays apart."""

    __tablename__ = "event_cursors"
    __table_args__ = (
        CheckConstraint("published_through >= 0", name="published_not_negative"),
        CheckConstraint("length(consumer) BETWEEN 1 AND 50", name="consumer_length"),
        CheckConstraint("(published_through > 0) = (published_at IS NOT NULL)", name="published_has_time"),
    )

    consumer: Mapped[str] = mapped_column(String(50), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"), primary_key=True)
    project_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    published_through: Mapped[int] = mapped_column(BigInteger)
    published_at: Mapped[datetime | None]
