# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: What cost anomaly detection remembers from day to day: breach history and drift tracking.
# Callers: L6 cost_anomaly_driver
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: cost_breach_history, cost_drift_tracking
# Writes: cost_breach_history, cost_drift_tracking
"""Breaches and drift of one tenant's entities, day by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.hoc.cus.analytics.L5_schemas.content_id import content_id
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import DriftTracking
from app.hoc.cus.analytics.L6_drivers.insert_once import insert_once
from app.models.cost_anomaly import CostBreachHistory, CostDriftTracking

# How far back a row of breaches is followed.
BREACH_MEMORY_DAYS = 7


class CostDetectionMemory:
    """Data of one tenant per call; flushes, never commits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert_breach_history(
        self,
        tenant_id: str,
        entity_type: str,
        entity_id: str | None,
        breach_type: str,
        breach_date: date,
        deviation_pct: Decimal,
        current_value_cents: Decimal,
        baseline_value_cents: Decimal,
        created_at: datetime,
    ) -> None:
        """Record a day as a breach; figures of a day that is recorded already are brought up to date."""
        row_id = content_id("bh", tenant_id, entity_type, entity_id or "", breach_type, str(breach_date))
        figures = {
            "deviation_pct": deviation_pct,
            "current_value_cents": current_value_cents,
            "baseline_value_cents": baseline_value_cents,
        }
        row = CostBreachHistory(
            id=row_id,
            tenant_id=tenant_id,
            entity_type=entity_type,
            entity_id=entity_id or "",
            breach_type=breach_type,
            breach_date=breach_date,
            created_at=created_at,
            **figures,
        )
        if not insert_once(self._session, row):
            self._session.execute(
                update(CostBreachHistory)
                .where(CostBreachHistory.tenant_id == tenant_id, CostBreachHistory.id == row_id)
                .values(figures)
            )

    def fetch_consecutive_breaches(
        self, tenant_id: str, entity_type: str, entity_id: str | None, breach_type: str, today: date
    ) -> int:
        """How many days in a row, ending with ``today``, are recorded as breaches; at most seven."""
        start = today - timedelta(days=BREACH_MEMORY_DAYS - 1)
        dates = self._breach_dates(tenant_id, entity_type, entity_id, breach_type, start, today)
        length = 0
        while today - timedelta(days=length) in dates:
            length += 1
        return length

    def fetch_drift_tracking(
        self, tenant_id: str, entity_type: str, entity_id: str | None
    ) -> DriftTracking | None:
        """The tracking row of an entity, active or not."""
        row = self._session.scalars(
            select(CostDriftTracking)
            .where(
                CostDriftTracking.tenant_id == tenant_id,
                CostDriftTracking.entity_type == entity_type,
                CostDriftTracking.entity_id == (entity_id or ""),
            )
            .execution_options(populate_existing=True)
        ).one_or_none()
        if row is None:
            return None
        return DriftTracking(
            row.id, row.drift_days_count, row.first_drift_date, row.last_check_date, row.is_active
        )

    def update_drift_tracking(
        self,
        tenant_id: str,
        tracking_id: str,
        rolling_avg_cents: Decimal,
        baseline_avg_cents: Decimal,
        drift_pct: Decimal,
        drift_days_count: int,
        first_drift_date: date,
        today: date,
        updated_at: datetime,
    ) -> None:
        """Record another day of drift, also the first of a new episode."""
        self._session.execute(
            update(CostDriftTracking)
            .where(CostDriftTracking.tenant_id == tenant_id, CostDriftTracking.id == tracking_id)
            .values(
                rolling_7d_avg_cents=rolling_avg_cents,
                baseline_7d_avg_cents=baseline_avg_cents,
                drift_pct=drift_pct,
                drift_days_count=drift_days_count,
                first_drift_date=first_drift_date,
                last_check_date=today,
                is_active=True,
                updated_at=updated_at,
            )
        )

    def insert_drift_tracking(
        self,
        tenant_id: str,
        entity_type: str,
        entity_id: str | None,
        rolling_avg_cents: Decimal,
        baseline_avg_cents: Decimal,
        drift_pct: Decimal,
        today: date,
        created_at: datetime,
    ) -> None:
        """Begin to track an entity that has no row yet, on its first day of drift."""
        self._session.add(
            CostDriftTracking(
                id=content_id("dt", tenant_id, entity_type, entity_id or ""),
                tenant_id=tenant_id,
                entity_type=entity_type,
                entity_id=entity_id or "",
                rolling_7d_avg_cents=rolling_avg_cents,
                baseline_7d_avg_cents=baseline_avg_cents,
                drift_pct=drift_pct,
                drift_days_count=1,
                first_drift_date=today,
                last_check_date=today,
                is_active=True,
                created_at=created_at,
                updated_at=created_at,
            )
        )
        self._session.flush()

    def reset_drift_tracking(
        self, tenant_id: str, entity_type: str, entity_id: str | None, updated_at: datetime
    ) -> None:
        """End the episode of an entity, if one is going on."""
        self._session.execute(
            update(CostDriftTracking)
            .where(
                CostDriftTracking.tenant_id == tenant_id,
                CostDriftTracking.entity_type == entity_type,
                CostDriftTracking.entity_id == (entity_id or ""),
                CostDriftTracking.is_active.is_(True),
            )
            .values(is_active=False, updated_at=updated_at)
        )

    def _breach_dates(
        self,
        tenant_id: str,
        entity_type: str,
        entity_id: str | None,
        breach_type: str,
        start: date,
        end: date,
    ) -> set[date]:
        return set(
            self._session.scalars(
                select(CostBreachHistory.breach_date).where(
                    CostBreachHistory.tenant_id == tenant_id,
                    CostBreachHistory.entity_type == entity_type,
                    CostBreachHistory.entity_id == (entity_id or ""),
                    CostBreachHistory.breach_type == breach_type,
                    CostBreachHistory.breach_date.between(start, end),
                )
            )
        )
