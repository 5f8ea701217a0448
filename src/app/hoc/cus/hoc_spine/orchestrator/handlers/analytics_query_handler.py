# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.query: usage statistics, cost statistics and the domain's status.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``analytics.query``: reads. Methods: get_usage_statistics, get_cost_statistics, get_status."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.analytics_facade import get_analytics_facade
from app.hoc.cus.analytics.L5_schemas.query_types import ResolutionType, ScopeType
from app.hoc.cus.analytics.L6_drivers.analytics_read_driver import get_analytics_read_driver
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import choice, dispatch
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)


class AnalyticsQueryHandler:
    """Statistics take ``from_ts``, ``to_ts``, ``as_of`` (aware UTC), ``resolution`` (hour, day) and ``scope``."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            ctx,
            {
                "get_usage_statistics": self._usage,
                "get_cost_statistics": self._cost,
                "get_status": self._status,
            },
        )

    async def _usage(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        from_ts: datetime,
        to_ts: datetime,
        as_of: datetime,
        resolution: str = "day",
        scope: str = "org",
    ) -> Any:
        return await get_analytics_facade().get_usage_statistics(
            get_analytics_read_driver(session),
            ctx.tenant_id,
            from_ts,
            to_ts,
            as_of=as_of,
            resolution=choice(ResolutionType, resolution, "resolution"),
            scope=choice(ScopeType, scope, "scope"),
        )

    async def _cost(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        from_ts: datetime,
        to_ts: datetime,
        as_of: datetime,
        resolution: str = "day",
        scope: str = "org",
    ) -> Any:
        return await get_analytics_facade().get_cost_statistics(
            get_analytics_read_driver(session),
            ctx.tenant_id,
            from_ts,
            to_ts,
            as_of=as_of,
            resolution=choice(ResolutionType, resolution, "resolution"),
            scope=choice(ScopeType, scope, "scope"),
        )

    async def _status(self, ctx: OperationContext, session: AsyncSession) -> Any:
        return get_analytics_facade().get_status()


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("analytics.query", AnalyticsQueryHandler())
