# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Table of pattern feedback: what observers noticed, apart from what they observed (PB-S3).
# Callers: app.models, app.hoc.cus.analytics.L6_drivers.*
# Allowed Imports: sqlalchemy, app.infra, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""Pattern feedback: what observers noticed, kept apart from what they observed."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, Uuid, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base, JsonDocument


class PatternFeedback(Base):
    """One observed pattern. ``provenance`` lists the runs it was seen in; there is no foreign key to them, so
    that feedback can never restrict or cascade into execution history.
    """

    __tablename__ = "pattern_feedback"
    __table_args__ = (
        Index("ix_pattern_feedback_tenant_type", "tenant_id", "pattern_type"),
        Index("ix_pattern_feedback_tenant_detected", "tenant_id", "detected_at"),
        CheckConstraint("pattern_type IN ('failure_pattern', 'cost_spike')", name="type_valid"),
        CheckConstraint("severity IN ('info', 'warning', 'critical')", name="severity_valid"),
        CheckConstraint("occurrence_count >= 1", name="occurrences_from_one"),
        CheckConstraint("acknowledged = (acknowledged_at IS NOT NULL)", name="acknowledged_has_time"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    pattern_type: Mapped[str] = mapped_column(String(50))
    severity: Mapped[str] = mapped_column(String(20), default="info", server_default=text("'info'"))
    description: Mapped[str] = mapped_column(Text)
    signature: Mapped[str | None] = mapped_column(String(255))
    provenance: Mapped[list[str]] = mapped_column(default=list)
    occurrence_count: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    time_window_minutes: Mapped[int | None]
    threshold_used: Mapped[str | None] = mapped_column(String(100))
    extra_data: Mapped[dict[str, Any] | None] = mapped_column("metadata", JsonDocument)
    detected_at: Mapped[datetime] = mapped_column(default=utc_now)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    acknowledged: Mapped[bool] = mapped_column(default=False, server_default=false())
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(100))
