# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: The methods of incidents.query about many incidents: metrics, cost, trends, patterns, recurrence, learnings.
# Callers: spine incidents_query_handler
# Allowed Imports: L4, L5_schemas, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""Figures as methods of ``incidents.query``, as of a moment (aware UTC)."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.hoc_spine.orchestrator.handlers.incident_answers import facade_on, versioned
from app.hoc.cus.hoc_spine.orchestrator.handlers.incident_query_params import granularity_of
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext
from app.hoc.cus.incidents.L5_schemas.incident_read_rows import VersionedAnswer
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError


async def get_metrics(
    ctx: OperationContext, session: AsyncSession, *, as_of: datetime, window_days: int = 30
) -> VersionedAnswer:
    """How many incidents there were, and how long they took."""
    facade = facade_on(session)
    found = await facade.get_metrics(ctx.tenant_id, window_days=window_days, as_of=as_of)
    return await versioned(facade, ctx, as_of, found)


async def analyze_cost_impact(
    ctx: OperationContext,
    session: AsyncSession,
    *,
    as_of: datetime,
    baseline_days: int = 30,
    limit: int = 20,
) -> VersionedAnswer:
    """What incidents have cost, by category."""
    facade = facade_on(session)
    found = await facade.analyze_cost_impact(
        ctx.tenant_id, baseline_days=baseline_days, limit=limit, as_of=as_of
    )
    return await versioned(facade, ctx, as_of, found)


async def get_historical_trend(
    ctx: OperationContext,
    session: AsyncSession,
    *,
    as_of: datetime,
    window_days: int = 90,
    granularity: str = "week",
) -> VersionedAnswer:
    """Incidents per period."""
    facade = facade_on(session)
    found = await facade.get_historical_trend(
        ctx.tenant_id, window_days=window_days, granularity=granularity_of(granularity), as_of=as_of
    )
    return await versioned(facade, ctx, as_of, found)


async def get_historical_distribution(
    ctx: OperationContext, session: AsyncSession, *, as_of: datetime, window_days: int = 90
) -> VersionedAnswer:
    """Incidents by category, severity and cause."""
    facade = facade_on(session)
    found = await facade.get_historical_distribution(ctx.tenant_id, window_days=window_days, as_of=as_of)
    return await versioned(facade, ctx, as_of, found)


async def get_historical_cost_trend(
    ctx: OperationContext,
    session: AsyncSession,
    *,
    as_of: datetime,
    window_days: int = 90,
    granularity: str = "week",
) -> VersionedAnswer:
    """Cost per period."""
    facade = facade_on(session)
    found = await facade.get_historical_cost_trend(
        ctx.tenant_id, window_days=window_days, granularity=granularity_of(granularity), as_of=as_of
    )
    return await versioned(facade, ctx, as_of, found)


async def detect_patterns(
    ctx: OperationContext,
    session: AsyncSession,
    *,
    as_of: datetime,
    window_hours: int = 24,
    limit: int = 10,
) -> VersionedAnswer:
    """What happens together, or again and again."""
    facade = facade_on(session)
    found = await facade.detect_patterns(ctx.tenant_id, window_hours=window_hours, limit=limit, as_of=as_of)
    return await versioned(facade, ctx, as_of, found)


async def analyze_recurrence(
    ctx: OperationContext,
    session: AsyncSession,
    *,
    as_of: datetime,
    baseline_days: int = 30,
    recurrence_threshold: int = 3,
    limit: int = 20,
) -> VersionedAnswer:
    """What comes back although it was resolved."""
    facade = facade_on(session)
    found = await facade.analyze_recurrence(
        ctx.tenant_id,
        baseline_days=baseline_days,
        recurrence_threshold=recurrence_threshold,
        limit=limit,
        as_of=as_of,
    )
    return await versioned(facade, ctx, as_of, found)


async def get_category_learnings(
    ctx: OperationContext,
    session: AsyncSession,
    *,
    as_of: datetime,
    category: str | None = None,
    baseline_days: int = 30,
) -> VersionedAnswer:
    """What resolutions of a category have in common; ``IncidentRefusedError`` MISSING_CATEGORY."""
    if not category:
        raise IncidentRefusedError("MISSING_CATEGORY", "Name the category: category is missing.")
    facade = facade_on(session)
    found = await facade.get_category_learnings(
        ctx.tenant_id, category, baseline_days=baseline_days, as_of=as_of
    )
    return await versioned(facade, ctx, as_of, found)
