# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Table of the audit ledger: who changed which thing, from what, to what, and why.
# Callers: app.models, app.hoc.cus.hoc_spine.drivers.audit_ledger_driver
# Allowed Imports: sqlalchemy, app.infra, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""The audit ledger: append-only, kept by triggers; written in the transaction of the change it tells of."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base, BigIntegerKey


class AuditLedgerEntry(Base):
    """One change of one thing. ``before_state`` is absent where it came into being, ``after_state`` where it
    ceased to be.
    """

    __tablename__ = "audit_ledger"
    __table_args__ = (
        Index("ix_audit_ledger_entity", "tenant_id", "entity_type", "entity_id", "id"),
        CheckConstraint("actor_type IN ('user', 'system', 'sdk', 'founder')", name="actor_type_valid"),
        CheckConstraint("length(entity_id) BETWEEN 1 AND 100", name="entity_id_length"),
        CheckConstraint("length(actor_id) BETWEEN 1 AND 100", name="actor_id_length"),
        CheckConstraint("before_state IS NOT NULL OR after_state IS NOT NULL", name="says_something"),
    )

    id: Mapped[int] = mapped_column(BigIntegerKey, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    event_type: Mapped[str] = mapped_column(String(100))
    entity_type: Mapped[str] = mapped_column(String(50))
    entity_id: Mapped[str] = mapped_column(String(100))
    actor_type: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(Text)
    before_state: Mapped[dict[str, Any] | None]
    after_state: Mapped[dict[str, Any] | None]
    request_id: Mapped[str | None] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
