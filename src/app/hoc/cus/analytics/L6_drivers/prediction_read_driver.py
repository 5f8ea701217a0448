# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads predictions of a tenant as of a moment.
# Callers: L5 prediction_read_engine, spine analytics_prediction_read_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: prediction_events
# Writes: none
"""Prediction read driver."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Integer, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.prediction import (
    PredictionFilters,
    PredictionRow,
    PredictionStats,
    SubjectType,
)
from app.hoc.cus.analytics.L6_drivers.prediction_rows import matching_predictions, to_prediction
from app.models.prediction import PredictionEvent

HIGH_CONFIDENCE = 0.7


class PredictionReadDriver:
    """Data of one tenant per call."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_prediction_list(
        self, tenant_id: str, filters: PredictionFilters, *, as_of: datetime, limit: int, offset: int = 0
    ) -> list[PredictionRow]:
        """A page, newest first, ties by id."""
        rows = await self._session.scalars(
            select(PredictionEvent)
            .where(*matching_predictions(tenant_id, filters, as_of))
            .order_by(PredictionEvent.created_at.desc(), PredictionEvent.id)
            .limit(limit)
            .offset(offset)
        )
        return [to_prediction(row, as_of=as_of) for row in rows]

    async def fetch_prediction_by_id(
        self, tenant_id: str, prediction_id: uuid.UUID, *, as_of: datetime
    ) -> PredictionRow | None:
        """The tenant's prediction of that id, expired or not, or None."""
        everything = PredictionFilters(include_expired=True)
        row = await self._session.scalar(
            select(PredictionEvent).where(
                *matching_predictions(tenant_id, everything, as_of), PredictionEvent.id == prediction_id
            )
        )
        return None if row is None else to_prediction(row, as_of=as_of)

    async def fetch_predictions_for_subject(
        self,
        tenant_id: str,
        subject_type: SubjectType,
        subject_id: str,
        *,
        as_of: datetime,
        include_expired: bool = False,
        limit: int = 20,
    ) -> list[PredictionRow]:
        """The newest predictions about one subject."""
        filters = PredictionFilters(
            subject_type=subject_type, subject_id=subject_id, include_expired=include_expired
        )
        return await self.fetch_prediction_list(tenant_id, filters, as_of=as_of, limit=limit)

    async def fetch_prediction_stats(
        self, tenant_id: str, filters: PredictionFilters, *, as_of: datetime
    ) -> PredictionStats:
        """Counts over all that match."""
        rows = await self._session.execute(
            select(
                PredictionEvent.prediction_type,
                PredictionEvent.subject_type,
                func.count(),
                # Thousandths as whole numbers: their sum does not depend on the order of rows.
                func.sum(cast(func.round(PredictionEvent.confidence_score * 1000), Integer)),
                func.sum(case((PredictionEvent.confidence_score > HIGH_CONFIDENCE, 1), else_=0)),
                func.sum(case((PredictionEvent.is_advisory.is_(True), 0), else_=1)),
            )
            .where(*matching_predictions(tenant_id, filters, as_of))
            .group_by(PredictionEvent.prediction_type, PredictionEvent.subject_type)
            .order_by(PredictionEvent.prediction_type, PredictionEvent.subject_type)
        )
        by_type: dict[str, int] = {}
        by_subject_type: dict[str, int] = {}
        total, thousandths, high, binding = 0, 0, 0, 0
        for kind, subject, count, confidences, confident, non_advisory in rows:
            by_type[kind] = by_type.get(kind, 0) + count
            by_subject_type[subject] = by_subject_type.get(subject, 0) + count
            total += count
            thousandths += int(confidences)
            high += int(confident)
            binding += int(non_advisory)
        return PredictionStats(
            total=total,
            by_type=by_type,
            by_subject_type=by_subject_type,
            avg_confidence=round(thousandths / 1000 / total, 3) if total else None,
            high_confidence_count=high,
            non_advisory_count=binding,
        )


def get_prediction_read_driver(session: AsyncSession) -> PredictionReadDriver:
    """Return a driver on ``session``."""
    return PredictionReadDriver(session)
