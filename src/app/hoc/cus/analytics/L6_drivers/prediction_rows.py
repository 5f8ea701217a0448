# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Turns stored predictions into domain objects, as of a moment, and selects them.
# Callers: L6 {prediction_driver, prediction_read_driver}
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: prediction_events
# Writes: none
"""Mapping and selection of predictions: one definition of what is valid."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from app.hoc.cus.analytics.L5_schemas.prediction import (
    PredictionFilters,
    PredictionRow,
    PredictionType,
    SubjectType,
)
from app.models.prediction import PredictionEvent


def to_prediction(row: PredictionEvent, *, as_of: datetime) -> PredictionRow:
    """The prediction, valid or expired at ``as_of``."""
    return PredictionRow(
        id=row.id,
        tenant_id=row.tenant_id,
        prediction_type=PredictionType(row.prediction_type),
        subject_type=SubjectType(row.subject_type),
        subject_id=row.subject_id,
        confidence_score=row.confidence_score,
        prediction_value=dict(row.prediction_value),
        contributing_factors=tuple(row.contributing_factors),
        created_at=row.created_at,
        expires_at=row.expires_at,
        is_advisory=row.is_advisory,
        is_valid=row.expires_at > as_of,
        notes=row.notes,
    )


def matching_predictions(
    tenant_id: str, filters: PredictionFilters, as_of: datetime
) -> list[ColumnElement[bool]]:
    """SQL conditions for the predictions made until ``as_of`` that fit; expiry is judged at ``as_of``."""
    conditions = [PredictionEvent.tenant_id == tenant_id, PredictionEvent.created_at <= as_of]
    if not filters.include_expired:
        conditions.append(PredictionEvent.expires_at > as_of)
    if filters.prediction_type is not None:
        conditions.append(PredictionEvent.prediction_type == filters.prediction_type.value)
    if filters.subject_type is not None:
        conditions.append(PredictionEvent.subject_type == filters.subject_type.value)
    if filters.subject_id is not None:
        conditions.append(PredictionEvent.subject_id == filters.subject_id)
    return conditions
