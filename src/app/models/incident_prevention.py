# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Tables of suppression: the rules a tenant has set, and what each of them prevented.
# Callers: app.models, app.hoc.cus.incidents.L6_drivers.*
# Allowed Imports: sqlalchemy, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""Suppression rules and the records of what they prevented."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class IncidentSuppressionRule(Base):
    """Incidents of exactly this category (and trigger, when one is named) shall call nobody. It may be revoked
    and may expire; nothing else about it changes.
    """

    __tablename__ = "incident_suppression_rules"
    __table_args__ = (
        Index("ix_incident_suppression_rules_match", "tenant_id", "category", "created_at"),
        CheckConstraint("category = upper(category)", name="category_upper_case"),
        CheckConstraint("expires_at IS NULL OR expires_at > created_at", name="expires_after_creation"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_has_actor"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    category: Mapped[str] = mapped_column(String(50))
    trigger_type: Mapped[str | None] = mapped_column(String(50))
    reason: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(100))


class PreventionRecord(Base):
    """A rule kept an incident from calling anybody. Append-only, one per cause; ``incident_id`` is the incident
    that was closed at once.
    """

    __tablename__ = "prevention_records"
    __table_args__ = (
        UniqueConstraint("tenant_id", "source_type", "source_ref"),
        Index("ix_prevention_records_tenant_created", "tenant_id", "created_at"),
        CheckConstraint("outcome IN ('prevented')", name="outcome_valid"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    rule_id: Mapped[str] = mapped_column(String(64), ForeignKey("incident_suppression_rules.id"))
    incident_id: Mapped[str] = mapped_column(String(64), ForeignKey("incidents.id"))
    source_type: Mapped[str] = mapped_column(String(50))
    source_ref: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
