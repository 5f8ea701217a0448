# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Cost intelligence over HTTP: dashboard, summary, breakdowns, projection.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Cost intelligence over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.hoc.api.cus.analytics.cost_models import (
    BreakdownOut,
    CostSummaryOut,
    PeriodQuery,
    ProjectionOut,
    ProjectionQuery,
)
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry
from app.hoc.api.cus.http.envelope import AsOfEnvelope, wrap_dict_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/cost", tags=["cost"])

Reader = Annotated[Principal, Depends(require_scope("analytics:read"))]
Span = Annotated[PeriodQuery, Query()]


@router.get("/summary")
async def summary(
    query: Span, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[CostSummaryOut]:
    """Spending of a period against the tenant's budget."""
    as_of = query.moment()
    result = await registry.execute(
        "analytics.cost",
        OperationContext.for_principal(
            principal, session, {"method": "get_summary", "period": query.period, "as_of": as_of}
        ),
    )
    return wrap_dict_as_of(CostSummaryOut.model_validate(unwrap(result)), as_of)


@router.get("/by-feature")
async def by_feature(
    query: Span, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[BreakdownOut]:
    """Spending by feature tag."""
    as_of = query.moment()
    params = {"method": "get_breakdown", "dimension": "feature", "period": query.period, "as_of": as_of}
    result = await registry.execute(
        "analytics.cost", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(BreakdownOut.model_validate(unwrap(result)), as_of)


@router.get("/by-user")
async def by_user(
    query: Span, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[BreakdownOut]:
    """Spending by user; conspicuous above twice the mean."""
    as_of = query.moment()
    params = {"method": "get_breakdown", "dimension": "user", "period": query.period, "as_of": as_of}
    result = await registry.execute(
        "analytics.cost", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(BreakdownOut.model_validate(unwrap(result)), as_of)


@router.get("/by-model")
async def by_model(
    query: Span, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[BreakdownOut]:
    """Spending by model."""
    as_of = query.moment()
    params = {"method": "get_breakdown", "dimension": "model", "period": query.period, "as_of": as_of}
    result = await registry.execute(
        "analytics.cost", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(BreakdownOut.model_validate(unwrap(result)), as_of)


@router.get("/projection")
async def projection(
    query: Annotated[ProjectionQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[ProjectionOut]:
    """Where spending is heading, by the whole days before as_of."""
    as_of = query.moment()
    params = {
        "method": "get_projection",
        "lookback_days": query.lookback_days,
        "forecast_days": query.forecast_days,
        "as_of": as_of,
    }
    result = await registry.execute(
        "analytics.cost", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(ProjectionOut.model_validate(unwrap(result)), as_of)
