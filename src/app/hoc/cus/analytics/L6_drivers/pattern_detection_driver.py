# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads worker runs for pattern detection and writes pattern feedback, its only write (PB-S3).
# Callers: L5 pattern_detection, spine analytics_patterns_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: pattern_feedback, worker_runs
# Writes: pattern_feedback
"""Pattern detection driver. Nothing later than the moment given is seen."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.content_id import content_uuid
from app.hoc.cus.analytics.L5_schemas.pattern_feedback import (
    FeedbackRow,
    ObservedRun,
    PatternFeedbackCreate,
)
from app.hoc.cus.analytics.L6_drivers.feedback_rows import to_feedback
from app.hoc.cus.analytics.L6_drivers.insert_once import insert_once
from app.hoc.cus.analytics.L6_drivers.observed_runs import newest_per_worker, to_observed
from app.models.feedback import PatternFeedback
from app.models.tenant import WorkerRun


class PatternDetectionDriver:
    """Data of one tenant per call; flushes, never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_failed_runs(
        self, tenant_id: str, window_start: datetime, until: datetime
    ) -> list[ObservedRun]:
        """Failed runs with an error, from the window's start (included) to ``until`` (included), by time."""
        rows = await self._session.scalars(
            select(WorkerRun)
            .where(
                WorkerRun.tenant_id == tenant_id,
                WorkerRun.status == "failed",
                WorkerRun.error.is_not(None),
                WorkerRun.created_at >= window_start,
                WorkerRun.created_at <= until,
            )
            .order_by(WorkerRun.created_at, WorkerRun.id)
        )
        return [to_observed(row) for row in rows]

    async def fetch_completed_runs_with_costs(
        self, tenant_id: str, until: datetime, *, per_worker: int
    ) -> list[ObservedRun]:
        """The newest completed runs with a cost, at most ``per_worker`` of each; by worker, newest first."""
        return await newest_per_worker(
            self._session,
            tenant_id,
            [WorkerRun.status == "completed", WorkerRun.cost_cents > 0, WorkerRun.created_at <= until],
            per_worker,
        )

    async def insert_feedback(self, feedback: PatternFeedbackCreate) -> tuple[uuid.UUID, bool]:
        """Record feedback under the id its content gives it; False when it is there already."""
        feedback_id = content_uuid(
            "pattern_feedback",
            feedback.tenant_id,
            feedback.pattern_type.value,
            feedback.signature,
            feedback.dedupe_key,
        )
        row = PatternFeedback(
            id=feedback_id,
            tenant_id=feedback.tenant_id,
            pattern_type=feedback.pattern_type.value,
            severity=feedback.severity.value,
            description=feedback.description,
            signature=feedback.signature,
            provenance=list(feedback.provenance),
            occurrence_count=feedback.occurrence_count,
            time_window_minutes=feedback.time_window_minutes,
            threshold_used=feedback.threshold_used,
            extra_data=dict(feedback.metadata),
            detected_at=feedback.detected_at,
            created_at=feedback.detected_at,
        )
        return feedback_id, await self._session.run_sync(insert_once, row)

    async def fetch_feedback_records(
        self, tenant_id: str, *, as_of: datetime, acknowledged: bool | None = None, limit: int = 50
    ) -> list[FeedbackRow]:
        """The newest feedback known at ``as_of``, ties by id."""
        statement = select(PatternFeedback).where(
            PatternFeedback.tenant_id == tenant_id, PatternFeedback.detected_at <= as_of
        )
        if acknowledged is not None:
            done = PatternFeedback.acknowledged_at <= as_of
            pending = PatternFeedback.acknowledged_at.is_(None) | (PatternFeedback.acknowledged_at > as_of)
            statement = statement.where(done if acknowledged else pending)
        rows = await self._session.scalars(
            statement.order_by(PatternFeedback.detected_at.desc(), PatternFeedback.id).limit(limit)
        )
        return [to_feedback(row, as_of=as_of) for row in rows]


def get_pattern_detection_driver(session: AsyncSession) -> PatternDetectionDriver:
    """Return a driver on ``session``."""
    return PatternDetectionDriver(session)
