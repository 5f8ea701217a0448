# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Usage and cost statistics over HTTP, with exports that equal the read.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Usage and cost statistics over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app.hoc.api.cus.analytics.statistics_export import (
    COST_COLUMNS,
    CSV_RESPONSE,
    USAGE_COLUMNS,
    csv_response,
)
from app.hoc.api.cus.analytics.statistics_models import (
    AnalyticsStatusOut,
    CostStatisticsOut,
    StatisticsQuery,
    UsageStatisticsOut,
)
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry
from app.hoc.api.cus.http.envelope import AsOfEnvelope, Envelope, wrap_dict, wrap_dict_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/analytics", tags=["analytics"])

Reader = Annotated[Principal, Depends(require_scope("analytics:read"))]
Window = Annotated[StatisticsQuery, Query()]


async def _usage(
    query: StatisticsQuery, as_of: datetime, principal: Principal, registry: Registry, session: ReadSession
) -> UsageStatisticsOut:
    result = await registry.execute(
        "analytics.query",
        OperationContext.for_principal(principal, session, query.to_params("get_usage_statistics", as_of)),
    )
    return UsageStatisticsOut.model_validate(unwrap(result))


async def _cost(
    query: StatisticsQuery, as_of: datetime, principal: Principal, registry: Registry, session: ReadSession
) -> CostStatisticsOut:
    result = await registry.execute(
        "analytics.query",
        OperationContext.for_principal(principal, session, query.to_params("get_cost_statistics", as_of)),
    )
    return CostStatisticsOut.model_validate(unwrap(result))


@router.get("/statistics/usage")
async def usage_statistics(
    query: Window, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[UsageStatisticsOut]:
    """Requests, compute units and tokens over time."""
    as_of = query.moment()
    return wrap_dict_as_of(await _usage(query, as_of, principal, registry, session), as_of)


@router.get("/statistics/usage/export.json")
async def export_usage_json(
    query: Window, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[UsageStatisticsOut]:
    """The same body as the read."""
    as_of = query.moment()
    return wrap_dict_as_of(await _usage(query, as_of, principal, registry, session), as_of)


@router.get("/statistics/usage/export.csv", response_class=Response, responses=CSV_RESPONSE)
async def export_usage_csv(
    query: Window, principal: Reader, registry: Registry, session: ReadSession
) -> Response:
    """The series as CSV."""
    as_of = query.moment()
    data = await _usage(query, as_of, principal, registry, session)
    return csv_response("usage", USAGE_COLUMNS, data, as_of)


@router.get("/statistics/cost")
async def cost_statistics(
    query: Window, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[CostStatisticsOut]:
    """Spending over time, by model and by feature."""
    as_of = query.moment()
    return wrap_dict_as_of(await _cost(query, as_of, principal, registry, session), as_of)


@router.get("/statistics/cost/export.json")
async def export_cost_json(
    query: Window, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[CostStatisticsOut]:
    """The same body as the read."""
    as_of = query.moment()
    return wrap_dict_as_of(await _cost(query, as_of, principal, registry, session), as_of)


@router.get("/statistics/cost/export.csv", response_class=Response, responses=CSV_RESPONSE)
async def export_cost_csv(
    query: Window, principal: Reader, registry: Registry, session: ReadSession
) -> Response:
    """The series as CSV."""
    as_of = query.moment()
    data = await _cost(query, as_of, principal, registry, session)
    return csv_response("cost", COST_COLUMNS, data, as_of)


@router.get("/_status")
async def status(principal: Reader, registry: Registry, session: ReadSession) -> Envelope[AnalyticsStatusOut]:
    """What the analytics domain offers."""
    result = await registry.execute(
        "analytics.query", OperationContext.for_principal(principal, session, {"method": "get_status"})
    )
    return wrap_dict(AnalyticsStatusOut.model_validate(unwrap(result)))
