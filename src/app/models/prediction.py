# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Table of predictions: advice with an expiry, which the database itself keeps advisory (PB-S5).
# Callers: app.models, app.hoc.cus.analytics.L6_drivers.*
# Allowed Imports: sqlalchemy, app.infra, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""Predictions: advice with an expiry, which the database itself keeps advisory."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, String, Text, Uuid, true
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base, JsonDocument


class PredictionEvent(Base):
    """One prediction. The subject is named, not referenced: a prediction has no hold on what it is about."""

    __tablename__ = "prediction_events"
    __table_args__ = (
        Index("ix_prediction_events_tenant_type", "tenant_id", "prediction_type"),
        Index("ix_prediction_events_tenant_subject", "tenant_id", "subject_type", "subject_id"),
        Index("ix_prediction_events_tenant_created", "tenant_id", "created_at"),
        CheckConstraint("prediction_type IN ('failure_likelihood', 'cost_overrun')", name="type_valid"),
        CheckConstraint("subject_type IN ('worker', 'run', 'tenant')", name="subject_type_valid"),
        CheckConstraint("confidence_score BETWEEN 0 AND 1", name="confidence_is_probability"),
        CheckConstraint("is_advisory = true", name="advisory_only"),
        CheckConstraint("expires_at > created_at", name="expires_after_creation"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    prediction_type: Mapped[str] = mapped_column(String(50))
    subject_type: Mapped[str] = mapped_column(String(50))
    subject_id: Mapped[str] = mapped_column(String(255))
    confidence_score: Mapped[float] = mapped_column(Double)
    prediction_value: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    contributing_factors: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument, default=list)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    is_advisory: Mapped[bool] = mapped_column(default=True, server_default=true())
    notes: Mapped[str | None] = mapped_column(Text)
