# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads what predictions are made from and writes predictions, its only write (PB-S5).
# Callers: L5 prediction_engine, spine analytics_prediction_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: pattern_feedback, prediction_events, worker_runs
# Writes: prediction_events
"""Prediction driver. Nothing later than ``until`` is seen."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.content_id import content_uuid
from app.hoc.cus.analytics.L5_schemas.pattern_feedback import FeedbackRow, ObservedRun
from app.hoc.cus.analytics.L5_schemas.prediction import (
    PredictionCreate,
    PredictionFilters,
    PredictionRow,
    PredictionType,
    RunTotals,
)
from app.hoc.cus.analytics.L6_drivers.feedback_rows import to_feedback
from app.hoc.cus.analytics.L6_drivers.insert_once import insert_once
from app.hoc.cus.analytics.L6_drivers.observed_runs import newest_per_worker, to_observed
from app.hoc.cus.analytics.L6_drivers.prediction_rows import matching_predictions, to_prediction
from app.models.feedback import PatternFeedback
from app.models.prediction import PredictionEvent
from app.models.tenant import WorkerRun


class PredictionDriver:
    """Data of one tenant per call; flushes, never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_failure_patterns(
        self, tenant_id: str, until: datetime, limit: int = 100
    ) -> list[FeedbackRow]:
        """The newest feedback on failures, ties by id."""
        rows = await self._session.scalars(
            select(PatternFeedback)
            .where(
                PatternFeedback.tenant_id == tenant_id,
                PatternFeedback.pattern_type == "failure_pattern",
                PatternFeedback.detected_at <= until,
            )
            .order_by(PatternFeedback.detected_at.desc(), PatternFeedback.id)
            .limit(limit)
        )
        return [to_feedback(row, as_of=until) for row in rows]

    async def fetch_failed_runs(
        self, tenant_id: str, since: datetime, until: datetime, worker_id: str, limit: int = 100
    ) -> list[ObservedRun]:
        """The newest failed runs of a worker, ties by id."""
        rows = await self._session.scalars(
            select(WorkerRun)
            .where(*_ended(tenant_id, since, until, worker_id), WorkerRun.status == "failed")
            .order_by(WorkerRun.created_at.desc(), WorkerRun.id)
            .limit(limit)
        )
        return [to_observed(row) for row in rows]

    async def fetch_run_totals(
        self, tenant_id: str, since: datetime, until: datetime, worker_id: str | None = None
    ) -> dict[str, RunTotals]:
        """Runs and failures per worker; counted in the database, so that no limit distorts their ratio."""
        failed = func.sum(case((WorkerRun.status == "failed", 1), else_=0))
        rows = await self._session.execute(
            select(WorkerRun.worker_id, func.count(), failed)
            .where(*_ended(tenant_id, since, until, worker_id))
            .group_by(WorkerRun.worker_id)
            .order_by(WorkerRun.worker_id)
        )
        return {worker: RunTotals(total, int(failures)) for worker, total, failures in rows}

    async def fetch_cost_runs(
        self,
        tenant_id: str,
        since: datetime,
        until: datetime,
        worker_id: str | None = None,
        *,
        per_worker: int = 200,
    ) -> list[ObservedRun]:
        """The newest completed runs with a cost, at most ``per_worker`` of each; by worker, newest first."""
        return await newest_per_worker(
            self._session,
            tenant_id,
            [
                *_ended(tenant_id, since, until, worker_id),
                WorkerRun.status == "completed",
                WorkerRun.cost_cents > 0,
            ],
            per_worker,
        )

    async def fetch_predictions(
        self,
        tenant_id: str,
        prediction_type: PredictionType | None = None,
        *,
        as_of: datetime,
        include_expired: bool = False,
        limit: int = 50,
    ) -> list[PredictionRow]:
        """The newest predictions, valid at ``as_of`` unless expired ones are wanted too; ties by id."""
        filters = PredictionFilters(prediction_type=prediction_type, include_expired=include_expired)
        rows = await self._session.scalars(
            select(PredictionEvent)
            .where(*matching_predictions(tenant_id, filters, as_of))
            .order_by(PredictionEvent.created_at.desc(), PredictionEvent.id)
            .limit(limit)
        )
        return [to_prediction(row, as_of=as_of) for row in rows]

    async def insert_prediction(self, prediction: PredictionCreate) -> tuple[uuid.UUID, bool]:
        """Record a prediction, once per type, subject and UTC day; False when it is there already.

        Raises ``ValueError`` for one that is not advisory.
        """
        if prediction.is_advisory is not True:
            raise ValueError("only advisory predictions are stored")
        prediction_id = content_uuid(
            "prediction",
            prediction.tenant_id,
            prediction.prediction_type.value,
            prediction.subject_type.value,
            prediction.subject_id,
            prediction.created_at.date().isoformat(),
        )
        row = PredictionEvent(
            id=prediction_id,
            tenant_id=prediction.tenant_id,
            prediction_type=prediction.prediction_type.value,
            subject_type=prediction.subject_type.value,
            subject_id=prediction.subject_id,
            confidence_score=float(prediction.confidence_score),
            prediction_value=dict(prediction.prediction_value),
            contributing_factors=[dict(factor) for factor in prediction.contributing_factors],
            created_at=prediction.created_at,
            expires_at=prediction.expires_at,
            is_advisory=True,
            notes=prediction.notes,
        )
        return prediction_id, await self._session.run_sync(insert_once, row)


def get_prediction_driver(session: AsyncSession) -> PredictionDriver:
    """Return a driver on ``session``."""
    return PredictionDriver(session)


def _ended(
    tenant_id: str, since: datetime, until: datetime, worker_id: str | None
) -> list[ColumnElement[bool]]:
    conditions = [
        WorkerRun.tenant_id == tenant_id,
        WorkerRun.status.in_(["completed", "failed", "crashed"]),
        WorkerRun.created_at >= since,
        WorkerRun.created_at <= until,
    ]
    if worker_id is not None:
        conditions.append(WorkerRun.worker_id == worker_id)
    return conditions


__all__ = ["PredictionDriver", "get_prediction_driver"]
