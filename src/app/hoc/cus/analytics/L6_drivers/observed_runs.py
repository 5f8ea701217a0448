# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Worker runs as observers see them, and the newest few of each worker.
# Callers: L6 {pattern_detection_driver, prediction_driver}
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: worker_runs
# Writes: none
"""What drivers that observe worker runs share."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.pattern_feedback import ObservedRun
from app.models.tenant import WorkerRun


def to_observed(row: WorkerRun) -> ObservedRun:
    """The run as a domain object."""
    return ObservedRun(
        row.id, row.tenant_id, row.worker_id, row.status, row.error, row.cost_cents, row.created_at
    )


async def newest_per_worker(
    session: AsyncSession, tenant_id: str, conditions: Sequence[ColumnElement[bool]], limit: int
) -> list[ObservedRun]:
    """The newest ``limit`` runs of each worker that fit, by worker, newest first, ties by id."""
    position = (
        func.row_number()
        .over(
            partition_by=WorkerRun.worker_id,
            order_by=[WorkerRun.created_at.desc(), WorkerRun.id],
        )
        .label("position")
    )
    ranked = select(WorkerRun.id, position).where(WorkerRun.tenant_id == tenant_id, *conditions).subquery()
    rows = await session.scalars(
        select(WorkerRun)
        .join(ranked, WorkerRun.id == ranked.c.id)
        .where(WorkerRun.tenant_id == tenant_id, ranked.c.position <= limit)
        .order_by(WorkerRun.worker_id, WorkerRun.created_at.desc(), WorkerRun.id)
    )
    return [to_observed(row) for row in rows]
