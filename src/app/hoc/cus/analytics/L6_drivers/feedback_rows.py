# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Turns stored feedback into domain objects, as of a moment.
# Callers: L6 {feedback_read_driver, pattern_detection_driver, prediction_driver}
# Allowed Imports: L7, L5_schemas
# Forbidden Imports: L2, L4, L5_engines
# Reads: none
# Writes: none
"""Mapping of pattern feedback."""

from __future__ import annotations

from datetime import datetime

from app.hoc.cus.analytics.L5_schemas.pattern_feedback import FeedbackRow, FeedbackSeverity, PatternType
from app.models.feedback import PatternFeedback


def to_feedback(row: PatternFeedback, *, as_of: datetime) -> FeedbackRow:
    """The feedback, without an acknowledgement that came later."""
    acknowledged = row.acknowledged_at is not None and row.acknowledged_at <= as_of
    return FeedbackRow(
        id=row.id,
        tenant_id=row.tenant_id,
        pattern_type=PatternType(row.pattern_type),
        severity=FeedbackSeverity(row.severity),
        description=row.description,
        signature=row.signature,
        provenance=tuple(row.provenance),
        occurrence_count=row.occurrence_count,
        time_window_minutes=row.time_window_minutes,
        threshold_used=row.threshold_used,
        extra_data=dict(row.extra_data or {}),
        detected_at=row.detected_at,
        created_at=row.created_at,
        acknowledged=acknowledged,
        acknowledged_at=row.acknowledged_at if acknowledged else None,
        acknowledged_by=row.acknowledged_by if acknowledged else None,
    )
