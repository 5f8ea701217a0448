# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Figures and memory of cost anomaly detection: spending of closed days, breach history, drift tracking.
# Callers: L5_engines, spine anomaly_incident_coordinator
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: cost_breach_history, cost_drift_tracking, cost_records
# Writes: cost_breach_history, cost_drift_tracking
"""Cost anomaly driver on a synchronous session; L4 runs it inside ``AsyncSession.run_sync``.

One class with nineteen methods, because that is the interface other parts are written against. A day is a
whole UTC day: it begins at the moment given and ends 24 hours later.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session

from app.hoc.cus.analytics.L5_schemas.content_id import content_id
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import DailyAverage, DriftTracking
from app.hoc.cus.analytics.L6_drivers.insert_once import insert_once
from app.hoc.cus.analytics.L6_drivers.utc_bucket import UtcDay
from app.models.cost import CostRecord
from app.models.cost_anomaly import CostBreachHistory, CostDriftTracking

_DAY = timedelta(days=1)
# How far back a row of breaches is followed.
BREACH_MEMORY_DAYS = 7
_ENTITY_COLUMNS = {"user": CostRecord.user_id, "feature": CostRecord.feature_tag}


class CostAnomalyDriver:
    """Data of one tenant per call; flushes, never commits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def fetch_entity_baseline(
        self, tenant_id: str, entity_type: str, start: date, end: date
    ) -> dict[str, DailyAverage]:
        """Average per user or feature over the days ``start`` to ``end`` (both included); none without
        spending.
        """
        column = _ENTITY_COLUMNS[entity_type]
        rows = self._session.execute(
            select(column.label("entity"), *_average())
            .where(*_days(tenant_id, start, end), column.is_not(None))
            .group_by(column)
            .order_by(column)
        )
        return {row.entity: DailyAverage(row.total, row.days) for row in rows if row.total > 0}

    def fetch_entity_today_spend(
        self, tenant_id: str, entity_type: str, today_start: datetime
    ) -> dict[str, Decimal]:
        """Spending per user or feature on one day."""
        column = _ENTITY_COLUMNS[entity_type]
        rows = self._session.execute(
            select(column.label("entity"), func.sum(CostRecord.cost_cents).label("total"))
            .where(*_one_day(tenant_id, today_start), column.is_not(None))
            .group_by(column)
            .order_by(column)
        )
        return {row.entity: row.total for row in rows}

    def fetch_tenant_baseline(self, tenant_id: str, start: date, end: date) -> DailyAverage | None:
        """Average of the tenant over the days ``start`` to ``end``; None without spending."""
        return self._tenant_average(tenant_id, start, end)

    def fetch_tenant_today_spend(self, tenant_id: str, today_start: datetime) -> Decimal:
        """Spending of the tenant on one day."""
        return self._sum(*_one_day(tenant_id, today_start))

    def fetch_rolling_avg(self, tenant_id: str, start: date, end: date) -> DailyAverage | None:
        """Average of the recent window; per active day, as the baseline, so that the two compare."""
        return self._tenant_average(tenant_id, start, end)

    def fetch_baseline_avg(self, tenant_id: str, start: date, end: date) -> DailyAverage | None:
        """Average of the window before it."""
        return self._tenant_average(tenant_id, start, end)

    def fetch_daily_spend(
        self,
        tenant_id: str,
        today_start: datetime,
        until: datetime,
        budget_type: str | None = None,
        entity_id: str | None = None,
    ) -> Decimal:
        """Spending from the start of a day until a moment (included), of the tenant or one entity."""
        return self._since(tenant_id, today_start, until, budget_type, entity_id)

    def fetch_monthly_spend(
        self,
        tenant_id: str,
        month_start: datetime,
        until: datetime,
        budget_type: str | None = None,
        entity_id: str | None = None,
    ) -> Decimal:
        """Spending from the start of a month until a moment (included), of the tenant or one entity."""
        return self._since(tenant_id, month_start, until, budget_type, entity_id)

    def fetch_breach_exists_today(
        self, tenant_id: str, entity_type: str, entity_id: str | None, breach_type: str, today: date
    ) -> bool:
        """Whether the day is recorded as a breach of the entity."""
        return today in self._breach_dates(tenant_id, entity_type, entity_id, breach_type, today, today)

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

    def fetch_retry_comparison(
        self,
        tenant_id: str,
        today_start: datetime,
        yesterday_start: datetime,
        entity_type: str | None = None,
        entity_id: str | None = None,
    ) -> tuple[Fraction | None, Fraction | None]:
        """Share of retries among the calls of two days; None for a day without calls."""
        retries = func.coalesce(func.sum(case((CostRecord.is_retry.is_(True), 1), else_=0)), 0)
        return self._compare(retries, tenant_id, today_start, yesterday_start, entity_type, entity_id)

    def fetch_prompt_comparison(
        self,
        tenant_id: str,
        today_start: datetime,
        yesterday_start: datetime,
        entity_type: str | None = None,
        entity_id: str | None = None,
    ) -> tuple[Fraction | None, Fraction | None]:
        """Mean input tokens per call of two days; None for a day without calls."""
        tokens = func.coalesce(func.sum(CostRecord.input_tokens), 0)
        return self._compare(tokens, tenant_id, today_start, yesterday_start, entity_type, entity_id)

    def fetch_feature_concentration(self, tenant_id: str, today_start: datetime) -> tuple[Decimal, Decimal]:
        """Spending under all feature tags on a day, and under the largest."""
        spend = list(self.fetch_entity_today_spend(tenant_id, "feature", today_start).values())
        return sum(spend, Decimal(0)), max(spend, default=Decimal(0))

    def fetch_request_comparison(
        self,
        tenant_id: str,
        today_start: datetime,
        yesterday_start: datetime,
        entity_type: str | None = None,
        entity_id: str | None = None,
    ) -> tuple[int, int]:
        """Calls on two days."""
        today, yesterday = (
            self._session.scalar(
                select(func.count())
                .select_from(CostRecord)
                .where(*_one_day(tenant_id, start), *_of(entity_type, entity_id))
            )
            or 0
            for start in (today_start, yesterday_start)
        )
        return today, yesterday

    def _tenant_average(self, tenant_id: str, start: date, end: date) -> DailyAverage | None:
        row = self._session.execute(select(*_average()).where(*_days(tenant_id, start, end))).one()
        return DailyAverage(row.total, row.days) if row.total > 0 else None

    def _since(
        self,
        tenant_id: str,
        start: datetime,
        until: datetime,
        entity_type: str | None,
        entity_id: str | None,
    ) -> Decimal:
        return self._sum(
            CostRecord.tenant_id == tenant_id,
            CostRecord.created_at >= start,
            CostRecord.created_at <= until,
            *_of(entity_type, entity_id),
        )

    def _sum(self, *conditions: ColumnElement[bool]) -> Decimal:
        total = self._session.scalar(
            select(func.coalesce(func.sum(CostRecord.cost_cents), 0)).where(*conditions)
        )
        return Decimal(0) if total is None else total

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

    def _compare(
        self,
        measure: ColumnElement[Any],
        tenant_id: str,
        today_start: datetime,
        yesterday_start: datetime,
        entity_type: str | None,
        entity_id: str | None,
    ) -> tuple[Fraction | None, Fraction | None]:
        """The measure per call, on two days."""
        found: list[Fraction | None] = []
        for start in (today_start, yesterday_start):
            row = self._session.execute(
                select(measure.label("measure"), func.count().label("calls")).where(
                    *_one_day(tenant_id, start), *_of(entity_type, entity_id)
                )
            ).one()
            found.append(Fraction(int(row.measure), row.calls) if row.calls else None)
        return found[0], found[1]


def get_cost_anomaly_driver(session: Session) -> CostAnomalyDriver:
    """Return a driver on ``session``."""
    return CostAnomalyDriver(session)


def _average() -> list[ColumnElement[Any]]:
    return [
        func.coalesce(func.sum(CostRecord.cost_cents), 0).label("total"),
        func.count(func.distinct(UtcDay(CostRecord.created_at))).label("days"),
    ]


def _days(tenant_id: str, start: date, end: date) -> list[ColumnElement[bool]]:
    return [
        CostRecord.tenant_id == tenant_id,
        CostRecord.created_at >= datetime.combine(start, time(), UTC),
        CostRecord.created_at < datetime.combine(end, time(), UTC) + _DAY,
    ]


def _one_day(tenant_id: str, start: datetime) -> list[ColumnElement[bool]]:
    return [
        CostRecord.tenant_id == tenant_id,
        CostRecord.created_at >= start,
        CostRecord.created_at < start + _DAY,
    ]


def _of(entity_type: str | None, entity_id: str | None) -> list[ColumnElement[bool]]:
    column = _ENTITY_COLUMNS.get(entity_type or "")
    return [] if column is None else [column == entity_id]


__all__ = ["CostAnomalyDriver", "get_cost_anomaly_driver"]
