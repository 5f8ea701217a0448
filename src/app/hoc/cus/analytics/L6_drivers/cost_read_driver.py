# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads a tenant's spending, feature tags and budgets for cost intelligence.
# Callers: L5 cost_intelligence_engine, spine {analytics_cost_handler, analytics_cost_write_handler}
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: cost_budgets, cost_records, feature_tags
# Writes: none
"""Cost read driver. Spending windows include both ends."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.cost_rows import (
    BudgetType,
    CostBudgetRow,
    FeatureTagRow,
    SpendDimension,
    SpendGroup,
    SpendTotals,
)
from app.hoc.cus.analytics.L5_schemas.query_types import ResolutionType
from app.hoc.cus.analytics.L6_drivers.cost_row_mapping import to_budget, to_feature_tag
from app.hoc.cus.analytics.L6_drivers.utc_bucket import utc_bucket
from app.models.cost import CostBudget, CostRecord, FeatureTag

_COLUMNS = {
    SpendDimension.FEATURE: CostRecord.feature_tag,
    SpendDimension.USER: CostRecord.user_id,
    SpendDimension.MODEL: CostRecord.model,
}


class CostReadDriver:
    """Reads cost metering data of one tenant per call."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_feature_tags(
        self, tenant_id: str, *, include_inactive: bool, as_of: datetime
    ) -> list[FeatureTagRow]:
        """Tags that existed at ``as_of``, in their present state, by name."""
        statement = select(FeatureTag).where(
            FeatureTag.tenant_id == tenant_id, FeatureTag.created_at <= as_of
        )
        if not include_inactive:
            statement = statement.where(FeatureTag.is_active.is_(True))
        return [
            to_feature_tag(row) for row in await self._session.scalars(statement.order_by(FeatureTag.tag))
        ]

    async def fetch_budgets(self, tenant_id: str, *, as_of: datetime) -> list[CostBudgetRow]:
        """Active budgets that existed at ``as_of``, in their present state, by type and entity."""
        rows = await self._session.scalars(
            select(CostBudget)
            .where(
                CostBudget.tenant_id == tenant_id,
                CostBudget.is_active.is_(True),
                CostBudget.created_at <= as_of,
            )
            .order_by(CostBudget.budget_type, CostBudget.entity_id, CostBudget.id)
        )
        return [to_budget(row) for row in rows]

    async def fetch_totals(
        self,
        tenant_id: str,
        start: datetime,
        end: datetime,
        budget_type: BudgetType = BudgetType.TENANT,
        entity_id: str | None = None,
    ) -> SpendTotals:
        """Sums over the tenant's records, or over those of one feature or user."""
        conditions = _window(tenant_id, start, end)
        if budget_type is BudgetType.FEATURE:
            conditions.append(CostRecord.feature_tag == entity_id)
        elif budget_type is BudgetType.USER:
            conditions.append(CostRecord.user_id == entity_id)
        row = (await self._session.execute(select(*_sums()).where(*conditions))).one()
        return _totals(row)

    async def fetch_groups(
        self, tenant_id: str, dimension: SpendDimension, start: datetime, end: datetime
    ) -> list[SpendGroup]:
        """Sums per feature, user or model: highest spending first, ties by name, without a name last."""
        column = _COLUMNS[dimension]
        rows = await self._session.execute(
            select(column.label("name"), *_sums())
            .where(*_window(tenant_id, start, end))
            .group_by(column)
            .order_by(func.sum(CostRecord.cost_cents).desc(), column.is_(None), column)
        )
        return [SpendGroup(row.name, _totals(row)) for row in rows]

    async def fetch_daily_spend(
        self, tenant_id: str, start: datetime, end: datetime
    ) -> list[tuple[date, Decimal]]:
        """Spending per UTC day that has any record, oldest first."""
        day = utc_bucket(CostRecord.created_at, ResolutionType.DAY)
        rows = await self._session.execute(
            select(day.label("day"), func.sum(CostRecord.cost_cents).label("spend"))
            .where(*_window(tenant_id, start, end))
            .group_by(day)
            .order_by(day)
        )
        return [(date.fromisoformat(row.day), row.spend) for row in rows]


def get_cost_read_driver(session: AsyncSession) -> CostReadDriver:
    """Return a driver on ``session``."""
    return CostReadDriver(session)


def _window(tenant_id: str, start: datetime, end: datetime) -> list[ColumnElement[bool]]:
    return [CostRecord.tenant_id == tenant_id, CostRecord.created_at >= start, CostRecord.created_at <= end]


def _sums() -> list[ColumnElement[Any]]:
    return [
        func.coalesce(func.sum(CostRecord.cost_cents), 0).label("spend"),
        func.count().label("requests"),
        func.coalesce(func.sum(CostRecord.input_tokens), 0).label("input_tokens"),
        func.coalesce(func.sum(CostRecord.output_tokens), 0).label("output_tokens"),
    ]


def _totals(row: Row[Any]) -> SpendTotals:
    return SpendTotals(row.spend, row.requests, int(row.input_tokens), int(row.output_tokens))
