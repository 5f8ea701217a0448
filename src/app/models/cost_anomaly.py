# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Tables of cost anomaly detection: anomalies, breach history, drift tracking and detection runs.
# Callers: app.models, app.hoc.cus.analytics.L6_drivers.*
# Allowed Imports: sqlalchemy, app.infra, app.models.base, app.models.exact_decimal
# Forbidden Imports: L2, L4, L5, L6
"""Tables of cost anomaly detection: anomalies, breach history, drift tracking and detection runs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base, JsonDocument
from app.models.exact_decimal import ExactDecimal


class CostAnomaly(Base):
    """One anomaly: its id is derived from tenant, type, entity, period, UTC day and occurrence.

    The checks hold the governance invariant where no code path can pass it by: a HIGH anomaly cannot be
    stored without its incident, and an incident belongs to one anomaly.
    """

    __tablename__ = "cost_anomalies"
    __table_args__ = (
        UniqueConstraint("incident_id"),
        Index("ix_cost_anomalies_tenant_detected", "tenant_id", "detected_at"),
        Index("ix_cost_anomalies_tenant_day", "tenant_id", "detection_day"),
        CheckConstraint("severity IN ('LOW', 'MEDIUM', 'HIGH')", name="severity_valid"),
        CheckConstraint("severity <> 'HIGH' OR incident_id IS NOT NULL", name="high_has_incident"),
        CheckConstraint("status IN ('open', 'acknowledged', 'resolved', 'dismissed')", name="status_valid"),
        CheckConstraint("resolved = (status IN ('resolved', 'dismissed'))", name="resolved_matches_status"),
        CheckConstraint("resolved = (resolved_at IS NOT NULL)", name="resolved_has_time"),
        CheckConstraint(
            "status <> 'acknowledged' OR acknowledged_at IS NOT NULL", name="acknowledged_has_time"
        ),
        CheckConstraint("breach_count >= 1 AND occurrence >= 1", name="counts_from_one"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    anomaly_type: Mapped[str] = mapped_column(String(32))
    severity: Mapped[str] = mapped_column(String(16))
    entity_type: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[str | None] = mapped_column(String(128))
    # What the figures cover: day, rolling_7d, daily (budget) or monthly (budget).
    period: Mapped[str] = mapped_column(String(16))
    detection_day: Mapped[date] = mapped_column(Date)
    # Counts up when something graver happens on a day whose anomaly is already closed.
    occurrence: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    current_value_cents: Mapped[Decimal] = mapped_column(ExactDecimal)
    expected_value_cents: Mapped[Decimal] = mapped_column(ExactDecimal)
    deviation_pct: Mapped[Decimal] = mapped_column(ExactDecimal)
    threshold_pct: Mapped[Decimal] = mapped_column(ExactDecimal)
    message: Mapped[str] = mapped_column(Text)
    breach_count: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    derived_cause: Mapped[str] = mapped_column(String(32))
    metadata_json: Mapped[dict[str, Any]] = mapped_column("metadata", JsonDocument, default=dict)
    incident_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("incidents.id"))
    action_taken: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), default="open", server_default=text("'open'"))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(100))
    resolved: Mapped[bool] = mapped_column(default=False, server_default=false())
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(100))
    resolution_notes: Mapped[str | None] = mapped_column(Text)
    detected_at: Mapped[datetime] = mapped_column(default=utc_now)


class CostBreachHistory(Base):
    """A day on which an entity spent above the spike threshold; ``entity_id`` is empty for the tenant."""

    __tablename__ = "cost_breach_history"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "entity_type",
            "entity_id",
            "breach_type",
            "breach_date",
            name="uq_breach_per_entity_day",
        ),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    entity_type: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[str] = mapped_column(String(128), default="", server_default=text("''"))
    breach_type: Mapped[str] = mapped_column(String(32))
    breach_date: Mapped[date] = mapped_column(Date)
    deviation_pct: Mapped[Decimal] = mapped_column(ExactDecimal)
    current_value_cents: Mapped[Decimal] = mapped_column(ExactDecimal)
    baseline_value_cents: Mapped[Decimal] = mapped_column(ExactDecimal)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class CostDriftTracking(Base):
    """How many days in a row an entity has been above its baseline; one row per entity, active or not."""

    __tablename__ = "cost_drift_tracking"
    __table_args__ = (
        UniqueConstraint("tenant_id", "entity_type", "entity_id", name="uq_drift_tracker_per_entity"),
        CheckConstraint("drift_days_count >= 1", name="days_count_from_one"),
        CheckConstraint("last_check_date >= first_drift_date", name="checked_after_start"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    entity_type: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[str] = mapped_column(String(128), default="", server_default=text("''"))
    rolling_7d_avg_cents: Mapped[Decimal] = mapped_column(ExactDecimal)
    baseline_7d_avg_cents: Mapped[Decimal] = mapped_column(ExactDecimal)
    drift_pct: Mapped[Decimal] = mapped_column(ExactDecimal)
    drift_days_count: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    first_drift_date: Mapped[date] = mapped_column(Date)
    last_check_date: Mapped[date] = mapped_column(Date)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class CostDetectionRun(Base):
    """The latest detection of a tenant: also what concurrent detections of the tenant wait for."""

    __tablename__ = "cost_detection_runs"

    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"), primary_key=True)
    last_as_of: Mapped[datetime | None]
