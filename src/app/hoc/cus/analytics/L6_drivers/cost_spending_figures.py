# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Figures that cost anomalies are detected in: spending of closed days, averages, comparisons of two days.
# Callers: L6 cost_anomaly_driver
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: cost_records
# Writes: none
"""Spending of one tenant. A day is a whole UTC day: it begins at the moment given and ends 24 hours later."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.hoc.cus.analytics.L5_schemas.cost_anomaly import DailyAverage
from app.hoc.cus.analytics.L6_drivers.utc_bucket import UtcDay
from app.models.cost import CostRecord

_DAY = timedelta(days=1)
_ENTITY_COLUMNS = {"user": CostRecord.user_id, "feature": CostRecord.feature_tag}


class CostSpendingFigures:
    """Reads only; data of one tenant per call."""

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
