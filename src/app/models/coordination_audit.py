# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Table of coordination decisions: which envelope was applied, rejected or preempted, and why.
# Callers: app.models, app.hoc.cus.analytics.L6_drivers.audit_persistence
# Allowed Imports: sqlalchemy, app.infra, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""Audit of coordination decisions: append-only, kept by triggers."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base


class CoordinationAuditRecordDB(Base):
    """One decision about one envelope. Priority of the classes: SAFETY, RELIABILITY, COST, PERFORMANCE."""

    __tablename__ = "coordination_audit_records"
    __table_args__ = (
        CheckConstraint(
            "envelope_class IN ('SAFETY', 'RELIABILITY', 'COST', 'PERFORMANCE')", name="envelope_class_valid"
        ),
        CheckConstraint("decision IN ('APPLIED', 'REJECTED', 'PREEMPTED')", name="decision_valid"),
        CheckConstraint("active_envelopes_count >= 0", name="count_not_negative"),
        Index("ix_coord_audit_envelope_id", "envelope_id"),
        Index("ix_coord_audit_timestamp", "decision_timestamp"),
        Index("ix_coord_audit_class", "envelope_class"),
        Index("ix_coord_audit_decision", "decision"),
        Index("ix_coord_audit_tenant", "tenant_id"),
    )

    audit_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    envelope_id: Mapped[str] = mapped_column(String(100))
    envelope_class: Mapped[str] = mapped_column(String(20))
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    decision_timestamp: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    conflicting_envelope_id: Mapped[str | None] = mapped_column(String(100))
    preempting_envelope_id: Mapped[str | None] = mapped_column(String(100))
    active_envelopes_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    tenant_id: Mapped[str | None] = mapped_column(String(100))
