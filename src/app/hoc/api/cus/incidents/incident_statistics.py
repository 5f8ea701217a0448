# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Figures, trends, patterns and recurrence of incidents over HTTP.
# Callers: facades.cus.incidents
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Figures about incidents over HTTP, each computed from the incidents as they were at ``as_of``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry
from app.hoc.api.cus.http.envelope import AsOfEnvelope, wrap_dict_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.api.cus.incidents.incident_statistics_models import (
    CategoryLearningsOut,
    CategoryLearningsQuery,
    CostImpactOut,
    CostImpactQuery,
    CostTrendOut,
    DistributionOut,
    DistributionQuery,
    MetricsOut,
    MetricsQuery,
    PatternQuery,
    PatternsOut,
    RecurrenceOut,
    RecurrenceQuery,
    TrendOut,
    TrendQuery,
)
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/incidents", tags=["incidents"])

Reader = Annotated[Principal, Depends(require_scope("incidents:read"))]


@router.get("/metrics")
async def get_metrics(
    query: Annotated[MetricsQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[MetricsOut]:
    """How many there are in which state and severity, and how long they took."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "get_metrics",
                "as_of": as_of,
                "window_days": query.window_days,
            },
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(MetricsOut.model_validate(found.answer), as_of, found.data_version)


@router.get("/cost-impact")
async def get_cost_impact(
    query: Annotated[CostImpactQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[CostImpactOut]:
    """What incidents cost, by category and way of resolution."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "analyze_cost_impact",
                "as_of": as_of,
                "baseline_days": query.baseline_days,
                "limit": query.limit,
            },
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(CostImpactOut.model_validate(found.answer), as_of, found.data_version)


@router.get("/patterns")
async def get_patterns(
    query: Annotated[PatternQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[PatternsOut]:
    """Clusters of a category, bursts of grave ones, cascades of a run."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "detect_patterns",
                "as_of": as_of,
                "window_hours": query.window_hours,
                "limit": query.limit,
            },
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(PatternsOut.model_validate(found.answer), as_of, found.data_version)


@router.get("/recurring")
async def get_recurring(
    query: Annotated[RecurrenceQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[RecurrenceOut]:
    """Categories whose incidents come back and end the same way."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "analyze_recurrence",
                "as_of": as_of,
                "baseline_days": query.baseline_days,
                "recurrence_threshold": query.recurrence_threshold,
                "limit": query.limit,
            },
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(RecurrenceOut.model_validate(found.answer), as_of, found.data_version)


@router.get("/learnings")
async def get_category_learnings(
    query: Annotated[CategoryLearningsQuery, Query()],
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> AsOfEnvelope[CategoryLearningsOut]:
    """What the incidents of a category have in common, and what that suggests."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "get_category_learnings",
                "as_of": as_of,
                "category": query.category,
                "baseline_days": query.baseline_days,
            },
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(CategoryLearningsOut.model_validate(found.answer), as_of, found.data_version)


@router.get("/historical/trend")
async def get_trend(
    query: Annotated[TrendQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[TrendOut]:
    """Openings and resolutions per day, week or month."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "get_historical_trend",
                "as_of": as_of,
                "window_days": query.window_days,
                "granularity": query.granularity,
            },
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(TrendOut.model_validate(found.answer), as_of, found.data_version)


@router.get("/historical/distribution")
async def get_distribution(
    query: Annotated[DistributionQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[DistributionOut]:
    """Shares by category, severity and cause."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "get_historical_distribution",
                "as_of": as_of,
                "window_days": query.window_days,
            },
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(DistributionOut.model_validate(found.answer), as_of, found.data_version)


@router.get("/historical/cost-trend")
async def get_cost_trend(
    query: Annotated[TrendQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[CostTrendOut]:
    """Recorded costs per day, week or month."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "get_historical_cost_trend",
                "as_of": as_of,
                "window_days": query.window_days,
                "granularity": query.granularity,
            },
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(CostTrendOut.model_validate(found.answer), as_of, found.data_version)
