# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Tables of incidents and of their timelines.
# Callers: app.models, app.hoc.cus.incidents.L6_drivers.*
# Allowed Imports: sqlalchemy, app.infra, app.models.base, app.models.exact_decimal
# Forbidden Imports: L2, L4, L5, L6
"""Incidents: something happened that a person or process has to deal with; and the timeline of each."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base, JsonDocument
from app.models.exact_decimal import ExactDecimal


class Incident(Base):
    """One incident. ``source_ref`` names what caused it within its source, which has at most one incident.

    ``lifecycle_state`` is the state; ``status`` repeats it in the words of older readers, and the checks keep
    the two from drifting apart. ``revision`` is the number of the latest entry of the timeline: every change
    of a row demands the revision it has read, so that none is lost. ``cost_impact`` is in dollars.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("tenant_id", "source_type", "source_ref"),
        Index("ix_incidents_tenant_id_created_at", "tenant_id", "created_at"),
        Index("ix_incidents_tenant_state", "tenant_id", "lifecycle_state"),
        Index("ix_incidents_tenant_trigger", "tenant_id", "trigger_type", "started_at"),
        Index("ix_incidents_recurrence_signature", "tenant_id", "recurrence_signature", "signature_version"),
        CheckConstraint("severity IN ('critical', 'high', 'medium', 'low')", name="severity_valid"),
        CheckConstraint("status IN ('open', 'acknowledged', 'resolved')", name="status_valid"),
        CheckConstraint(
            "lifecycle_state IN ('ACTIVE', 'ACKED', 'RESOLVED', 'REOPENED')", name="lifecycle_state_valid"
        ),
        CheckConstraint(
            "(status = 'acknowledged') = (lifecycle_state = 'ACKED') "
            "AND (status = 'resolved') = (lifecycle_state = 'RESOLVED')",
            name="status_matches_state",
        ),
        CheckConstraint(
            "(resolved_at IS NOT NULL) = (lifecycle_state = 'RESOLVED') "
            "AND (ended_at IS NOT NULL) = (lifecycle_state = 'RESOLVED') "
            "AND (duration_seconds IS NOT NULL) = (lifecycle_state = 'RESOLVED')",
            name="resolved_has_end",
        ),
        CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL) "
            "AND (lifecycle_state <> 'ACKED' OR acknowledged_at IS NOT NULL)",
            name="acknowledged_has_time",
        ),
        CheckConstraint("cause_type IN ('LLM_RUN', 'SYSTEM', 'HUMAN')", name="cause_type_valid"),
        CheckConstraint(
            "source_type IN ('run', 'killswitch', 'policy', 'manual', 'cost_anomaly', 'trigger')",
            name="source_type_valid",
        ),
        CheckConstraint("category = upper(category)", name="category_upper_case"),
        CheckConstraint(
            "resolution_method IN ('auto', 'manual', 'rollback', 'manual_closure')",
            name="resolution_method_valid",
        ),
        CheckConstraint(
            "resolution_type IN ('manual', 'auto', 'rollback', 'fixed', 'mitigated', 'suppressed', "
            "'false_positive', 'duplicate', 'no_longer_relevant')",
            name="resolution_type_valid",
        ),
        CheckConstraint(
            "lifecycle_state = 'RESOLVED' OR (resolved_by IS NULL AND resolution_method IS NULL "
            "AND resolution_notes IS NULL)",
            name="resolution_needs_state",
        ),
        CheckConstraint(
            "lifecycle_state = 'RESOLVED' OR (resolution_type IS NULL AND resolution_summary IS NULL)",
            name="resolution_type_needs_state",
        ),
        CheckConstraint(
            "(recurrence_signature IS NULL) = (signature_version IS NULL)", name="signature_has_version"
        ),
        CheckConstraint("escalated = (escalated_at IS NOT NULL)", name="escalated_has_time"),
        CheckConstraint("affected_count >= 1", name="affected_counts_from_one"),
        CheckConstraint(
            "calls_affected >= 0 AND reopened_count >= 0 AND revision >= 1", name="counts_not_negative"
        ),
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
    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    duration_seconds: Mapped[int | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(100))
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(100))
    resolution_method: Mapped[str | None] = mapped_column(String(20))
    resolution_notes: Mapped[str | None] = mapped_column(Text)
    reopened_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    calls_affected: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    cost_impact: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    escalated: Mapped[bool] = mapped_column(default=False, server_default=false())
    escalated_at: Mapped[datetime | None]
    auto_action: Mapped[str | None] = mapped_column(String(50))
    error_code: Mapped[str | None] = mapped_column(String(100))
    error_message: Mapped[str | None] = mapped_column(Text)
    source_run_id: Mapped[str | None] = mapped_column(String(64))
    is_synthetic: Mapped[bool] = mapped_column(default=False, server_default=false())
    resolution_type: Mapped[str | None] = mapped_column(String(50))
    resolution_summary: Mapped[str | None] = mapped_column(Text)
    # The two tables refer to each other, so one reference is made after both exist.
    postmortem_artifact_id: Mapped[str | None] = mapped_column(
        String(64),
        ForeignKey(
            "incident_postmortems.id",
            name="fk_incidents_postmortem_artifact_id_incident_postmortems",
            use_alter=True,
        ),
    )
    recurrence_signature: Mapped[str | None] = mapped_column(String(128))
    signature_version: Mapped[str | None] = mapped_column(String(20))


class IncidentEvent(Base):
    """One entry of an incident's timeline, numbered from 1 without gaps. Append-only.

    ``before_state`` and ``after_state`` hold everything about the incident that can change, so that the latest
    entry not after a moment is the incident's state at that moment.
    """

    __tablename__ = "incident_events"
    __table_args__ = (
        UniqueConstraint("incident_id", "sequence_no"),
        Index("ix_incident_events_timeline", "incident_id", "created_at", "sequence_no"),
        Index("ix_incident_events_tenant_created", "tenant_id", "created_at"),
        CheckConstraint("sequence_no >= 1", name="sequence_from_one"),
        CheckConstraint("(sequence_no = 1) = (before_state IS NULL)", name="first_has_no_before"),
        CheckConstraint("actor_type IN ('user', 'system', 'sdk', 'founder')", name="actor_type_valid"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    incident_id: Mapped[str] = mapped_column(String(64), ForeignKey("incidents.id"))
    sequence_no: Mapped[int]
    event_type: Mapped[str] = mapped_column(String(50))
    description: Mapped[str] = mapped_column(Text)
    actor_type: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(100))
    before_state: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    after_state: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    data: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    created_at: Mapped[datetime]
