# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads stored anomalies as of a moment and moves them from one status to the next.
# Callers: L5 detection_facade, spine {analytics_cost_handler, analytics_detection_handler}
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: cost_anomalies, cost_detection_runs
# Writes: cost_anomalies
"""Anomaly record driver."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.anomaly_query import AnomalyFilters
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import AnomalyStatus, PersistedAnomaly
from app.hoc.cus.analytics.L6_drivers.anomaly_mapping import to_anomaly
from app.models.cost_anomaly import CostAnomaly, CostDetectionRun


class AnomalyRecordDriver:
    """Data of one tenant per call."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def list_anomalies(
        self, tenant_id: str, filters: AnomalyFilters, *, as_of: datetime, limit: int, offset: int
    ) -> tuple[list[PersistedAnomaly], int]:
        """A page of the anomalies known at ``as_of``, newest first (ties by id), and how many there are."""
        conditions = _matching(tenant_id, filters, as_of)
        total = await self._session.scalar(select(func.count()).select_from(CostAnomaly).where(*conditions))
        rows = await self._session.scalars(
            select(CostAnomaly)
            .where(*conditions)
            .order_by(CostAnomaly.detected_at.desc(), CostAnomaly.id)
            .limit(limit)
            .offset(offset)
        )
        return [to_anomaly(row, as_of=as_of) for row in rows], total or 0

    async def get_anomaly(
        self, tenant_id: str, anomaly_id: str, *, as_of: datetime
    ) -> PersistedAnomaly | None:
        """The tenant's anomaly as of a moment, or None."""
        row = await self._session.scalar(
            select(CostAnomaly)
            .where(
                CostAnomaly.tenant_id == tenant_id,
                CostAnomaly.id == anomaly_id,
                CostAnomaly.detected_at <= as_of,
            )
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_anomaly(row, as_of=as_of)

    async def acknowledge(self, tenant_id: str, anomaly_id: str, *, actor: str, at: datetime) -> bool:
        """Move an open anomaly to acknowledged; False when it is not open (any more)."""
        return await self._move(
            tenant_id,
            anomaly_id,
            AnomalyStatus.OPEN,
            status=AnomalyStatus.ACKNOWLEDGED.value,
            acknowledged_at=at,
            acknowledged_by=actor,
        )

    async def close(
        self,
        tenant_id: str,
        anomaly_id: str,
        resolution: AnomalyStatus,
        *,
        notes: str | None,
        actor: str,
        at: datetime,
    ) -> bool:
        """Move an acknowledged anomaly to resolved or dismissed; False when it is not acknowledged."""
        return await self._move(
            tenant_id,
            anomaly_id,
            AnomalyStatus.ACKNOWLEDGED,
            status=resolution.value,
            resolved=True,
            resolved_at=at,
            resolved_by=actor,
            resolution_notes=notes,
        )

    async def last_detection(self, tenant_id: str, *, as_of: datetime) -> datetime | None:
        """The moment of the latest detection of the tenant, if it is not after ``as_of``."""
        return await self._session.scalar(
            select(CostDetectionRun.last_as_of).where(
                CostDetectionRun.tenant_id == tenant_id, CostDetectionRun.last_as_of <= as_of
            )
        )

    async def _move(self, tenant_id: str, anomaly_id: str, source: AnomalyStatus, **values: Any) -> bool:
        # One conditional statement: of two that move at once, one finds the status gone.
        moved = await self._session.execute(
            update(CostAnomaly)
            .where(
                CostAnomaly.tenant_id == tenant_id,
                CostAnomaly.id == anomaly_id,
                CostAnomaly.status == source.value,
            )
            .values(values)
            .execution_options(synchronize_session=False)
        )
        return cast("CursorResult[Any]", moved).rowcount == 1


def get_anomaly_record_driver(session: AsyncSession) -> AnomalyRecordDriver:
    """Return a driver on ``session``."""
    return AnomalyRecordDriver(session)


def _matching(tenant_id: str, filters: AnomalyFilters, as_of: datetime) -> list[ColumnElement[bool]]:
    conditions = [CostAnomaly.tenant_id == tenant_id, CostAnomaly.detected_at <= as_of]
    if filters.since is not None:
        conditions.append(CostAnomaly.detected_at >= filters.since)
    if filters.severity is not None:
        conditions.append(CostAnomaly.severity == filters.severity.value)
    status = _status_at(as_of)
    if filters.status is not None:
        conditions.append(status == filters.status.value)
    if not filters.include_closed:
        conditions.append(status.in_([AnomalyStatus.OPEN.value, AnomalyStatus.ACKNOWLEDGED.value]))
    return conditions


def _status_at(as_of: datetime) -> ColumnElement[str]:
    """The status an anomaly had; its steps leave their times."""
    return case(
        (CostAnomaly.resolved_at <= as_of, CostAnomaly.status),
        (CostAnomaly.acknowledged_at <= as_of, AnomalyStatus.ACKNOWLEDGED.value),
        else_=AnomalyStatus.OPEN.value,
    )
