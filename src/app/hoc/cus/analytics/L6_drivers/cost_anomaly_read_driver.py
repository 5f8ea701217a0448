# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: What detection needs besides figures: budgets, the anomalies there are, and storing anomalies.
# Callers: L5 {cost_anomaly_detector_engine, cost_budget_detection}, spine anomaly_incident_coordinator
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: cost_anomalies, cost_budgets, cost_detection_runs
# Writes: cost_anomalies, cost_detection_runs
"""Cost anomaly read driver on a synchronous session; L4 runs it inside ``AsyncSession.run_sync``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.hoc.cus.analytics.L5_schemas.cost_anomaly import (
    AnomalyPeriod,
    AnomalyType,
    PersistedAnomaly,
    PlannedAnomaly,
)
from app.hoc.cus.analytics.L5_schemas.cost_rows import CostBudgetRow
from app.hoc.cus.analytics.L6_drivers.anomaly_mapping import to_anomaly
from app.hoc.cus.analytics.L6_drivers.cost_row_mapping import to_budget
from app.hoc.cus.analytics.L6_drivers.insert_once import insert_once
from app.models.cost import CostBudget
from app.models.cost_anomaly import CostAnomaly, CostDetectionRun


class CostAnomalyReadDriver:
    """Data of one tenant per call; flushes, never commits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin_detection(self, tenant_id: str, as_of: datetime) -> None:
        """Wait for detections of the tenant that are going on, and remember this one."""
        insert_once(self._session, CostDetectionRun(tenant_id=tenant_id))
        run = self._session.scalars(
            select(CostDetectionRun)
            .where(CostDetectionRun.tenant_id == tenant_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        if run.last_as_of is None or run.last_as_of < as_of:
            run.last_as_of = as_of
        self._session.flush()

    def fetch_active_budgets(self, tenant_id: str, *, as_of: datetime) -> list[CostBudgetRow]:
        """Active budgets that existed at ``as_of``, by type and entity."""
        rows = self._session.scalars(
            select(CostBudget)
            .where(
                CostBudget.tenant_id == tenant_id,
                CostBudget.is_active.is_(True),
                CostBudget.created_at <= as_of,
            )
            .order_by(CostBudget.budget_type, CostBudget.entity_id, CostBudget.id)
        )
        return [to_budget(row) for row in rows]

    def find_existing_anomaly(
        self,
        tenant_id: str,
        anomaly_type: AnomalyType,
        entity_type: str,
        entity_id: str | None,
        period: AnomalyPeriod,
        day: date,
    ) -> PersistedAnomaly | None:
        """The latest occurrence of an anomaly on a day."""
        row = self._session.scalars(
            select(CostAnomaly)
            .where(
                CostAnomaly.tenant_id == tenant_id,
                CostAnomaly.anomaly_type == anomaly_type.value,
                CostAnomaly.entity_type == entity_type,
                CostAnomaly.entity_id.is_(None) if entity_id is None else CostAnomaly.entity_id == entity_id,
                CostAnomaly.period == period.value,
                CostAnomaly.detection_day == day,
            )
            .order_by(CostAnomaly.occurrence.desc(), CostAnomaly.id)
            .limit(1)
        ).one_or_none()
        return None if row is None else to_anomaly(row)

    def upsert_anomaly(
        self, tenant_id: str, planned: PlannedAnomaly, incident_id: str | None, detected_at: datetime
    ) -> PersistedAnomaly:
        """Store an anomaly under its id, or bring the open one up to date in every figure.

        ``IntegrityError`` for a HIGH anomaly without an incident.
        """
        found = planned.detected
        figures = {
            "severity": found.severity.value,
            "current_value_cents": found.current_value_cents,
            "expected_value_cents": found.expected_value_cents,
            "deviation_pct": found.deviation_pct,
            "threshold_pct": found.threshold_pct,
            "message": found.message,
            "breach_count": found.breach_count,
            "derived_cause": found.derived_cause.value,
            "metadata_json": dict(found.metadata),
            "action_taken": found.action_taken,
            "incident_id": incident_id,
        }
        row = self._session.scalars(
            select(CostAnomaly)
            .where(CostAnomaly.tenant_id == tenant_id, CostAnomaly.id == planned.id)
            .with_for_update()
        ).one_or_none()
        if row is None:
            row = CostAnomaly(
                id=planned.id,
                tenant_id=tenant_id,
                anomaly_type=found.anomaly_type.value,
                entity_type=found.entity_type,
                entity_id=found.entity_id,
                period=found.period.value,
                detection_day=found.day,
                occurrence=planned.occurrence,
                detected_at=detected_at,
                **figures,
            )
            self._session.add(row)
        else:
            for column, value in figures.items():
                setattr(row, column, value)
        self._session.flush()
        return to_anomaly(row)

    def link_incident(self, tenant_id: str, anomaly_id: str, incident_id: str) -> None:
        """Note the incident of a stored anomaly that has none yet."""
        self._session.execute(
            update(CostAnomaly)
            .where(
                CostAnomaly.tenant_id == tenant_id,
                CostAnomaly.id == anomaly_id,
                CostAnomaly.incident_id.is_(None),
            )
            .values(incident_id=incident_id)
            .execution_options(synchronize_session=False)
        )

    def fetch_anomalies(self, tenant_id: str, ids: Sequence[str]) -> list[PersistedAnomaly]:
        """The anomalies of these ids as the database has them, by id."""
        rows = self._session.scalars(
            select(CostAnomaly)
            .where(CostAnomaly.tenant_id == tenant_id, CostAnomaly.id.in_(ids))
            .order_by(CostAnomaly.id)
            .execution_options(populate_existing=True)
        )
        return [to_anomaly(row) for row in rows]


def get_cost_anomaly_read_driver(session: Session) -> CostAnomalyReadDriver:
    """Return a driver on ``session``."""
    return CostAnomalyReadDriver(session)
