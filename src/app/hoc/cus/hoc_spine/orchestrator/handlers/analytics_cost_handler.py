# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.cost: what a tenant spends, on what, against which budget, and where that leads.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``analytics.cost``: reads. Methods: list_feature_tags, get_summary, get_breakdown, get_projection,
list_budgets, get_dashboard.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.cost_intelligence_engine import CostIntelligenceEngine
from app.hoc.cus.analytics.L5_engines.detection_facade import get_detection_facade
from app.hoc.cus.analytics.L5_schemas.anomaly_query import AnomalyFilters, AnomalyInfo
from app.hoc.cus.analytics.L5_schemas.cost_intelligence import CostPeriod
from app.hoc.cus.analytics.L5_schemas.cost_rows import SpendDimension
from app.hoc.cus.analytics.L6_drivers.anomaly_record_driver import get_anomaly_record_driver
from app.hoc.cus.analytics.L6_drivers.cost_read_driver import get_cost_read_driver
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import choice, dispatch
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)

DASHBOARD_ANOMALIES = 20


class AnalyticsCostHandler:
    """Every method takes ``as_of`` (aware UTC); periods are 24h, 7d or 30d before it."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            ctx,
            {
                "list_feature_tags": self._feature_tags,
                "get_summary": self._summary,
                "get_breakdown": self._breakdown,
                "get_projection": self._projection,
                "list_budgets": self._budgets,
                "get_dashboard": self._dashboard,
            },
        )

    async def _feature_tags(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, include_inactive: bool = False
    ) -> Any:
        return await _engine(session).list_feature_tags(
            ctx.tenant_id, include_inactive=include_inactive, as_of=as_of
        )

    async def _summary(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, period: str = "24h"
    ) -> Any:
        return await _engine(session).get_summary(
            ctx.tenant_id, choice(CostPeriod, period, "period"), as_of=as_of
        )

    async def _breakdown(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        dimension: str,
        period: str = "24h",
    ) -> Any:
        return await _engine(session).get_breakdown(
            ctx.tenant_id,
            choice(SpendDimension, dimension, "dimension"),
            choice(CostPeriod, period, "period"),
            as_of=as_of,
        )

    async def _projection(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        lookback_days: int = 7,
        forecast_days: int = 7,
    ) -> Any:
        return await _engine(session).get_projection(ctx.tenant_id, lookback_days, forecast_days, as_of=as_of)

    async def _budgets(self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime) -> Any:
        return await _engine(session).list_budgets(ctx.tenant_id, as_of=as_of)

    async def _dashboard(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, period: str = "24h"
    ) -> Any:
        engine, tenant_id = _engine(session), ctx.tenant_id
        span = choice(CostPeriod, period, "period")
        return {
            "summary": await engine.get_summary(tenant_id, span, as_of=as_of),
            "by_feature": await engine.get_breakdown(tenant_id, SpendDimension.FEATURE, span, as_of=as_of),
            "by_user": await engine.get_breakdown(tenant_id, SpendDimension.USER, span, as_of=as_of),
            "by_model": await engine.get_breakdown(tenant_id, SpendDimension.MODEL, span, as_of=as_of),
            "projection": await engine.get_projection(tenant_id, 7, 7, as_of=as_of),
            "anomalies": await _open_anomalies(session, tenant_id, as_of),
        }


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("analytics.cost", AnalyticsCostHandler())


def _engine(session: AsyncSession) -> CostIntelligenceEngine:
    return CostIntelligenceEngine(get_cost_read_driver(session))


async def _open_anomalies(session: AsyncSession, tenant_id: str, as_of: datetime) -> tuple[AnomalyInfo, ...]:
    """The newest anomalies of the last week that are not closed."""
    facade = get_detection_facade(get_anomaly_record_driver(session))
    week = AnomalyFilters(since=as_of - timedelta(days=7), include_closed=False)
    page = await facade.list_anomalies(tenant_id, week, as_of=as_of, limit=DASHBOARD_ANOMALIES, offset=0)
    return page.items
