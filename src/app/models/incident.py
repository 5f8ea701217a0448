# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Table of incidents: something happened that a person or process has to deal with.
# Callers: app.models, app.hoc.cus.incidents.L6_drivers.*
# Allowed Imports: sqlalchemy, app.infra, app.models.base, app.models.exact_decimal
# Forbidden Imports: L2, L4, L5, L6
"""Incidents: something happened that a person or process has to deal with."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base
from app.models.exact_decimal import ExactDecimal


class Incident(Base):
    """One incident. ``source_ref`` names what caused it within its source, which has at most one incident."""

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("tenant_id", "source_type", "source_ref"),
        Index("ix_incidents_tenant_id_created_at", "tenant_id", "created_at"),
        CheckConstraint("severity IN ('critical', 'high', 'medium', 'low')", name="severity_valid"),
        CheckConstraint("status IN ('open', 'acknowledged', 'resolved')", name="status_valid"),
        CheckConstraint("lifecycle_state IN ('ACTIVE', 'ACKED', 'RESOLVED')", name="lifecycle_state_valid"),
        CheckConstraint("affected_count >= 1", name="affected_counts_from_one"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    title: Mapped[str] = mapped_column(String(500))
    description: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), default="open", server_default=text("'open'"))
    lifecycle_state: Mapped[str] = mapped_column(
        String(16), default="ACTIVE", server_default=text("'ACTIVE'")
    )
    category: Mapped[str] = mapped_column(String(50))
    cause_type: Mapped[str] = mapped_column(String(16))
    source_type: Mapped[str] = mapped_column(String(50))
    source_ref: Mapped[str] = mapped_column(String(64))
    trigger_type: Mapped[str] = mapped_column(String(50))
    trigger_value: Mapped[str] = mapped_column(Text)
    impact_scope: Mapped[str] = mapped_column(String(50))
    affected_agent_id: Mapped[str | None] = mapped_column(String(128))
    affected_count: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    cost_delta_cents: Mapped[Decimal] = mapped_column(ExactDecimal)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
