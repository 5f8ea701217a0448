# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Cost anomalies and the cost dashboard over HTTP.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Cost anomalies over HTTP, and the dashboard that shows them beside the figures."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from app.hoc.api.cus.analytics.anomaly_models import (
    AnomalyOut,
    CostAnomalyQuery,
    CostDetectionIn,
    DetectionOut,
)
from app.hoc.api.cus.analytics.cost_models import BreakdownOut, CostSummaryOut, PeriodQuery, ProjectionOut
from app.hoc.api.cus.http.as_of import resolve_as_of
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry, WriteSession
from app.hoc.api.cus.http.envelope import AsOfEnvelope, AsOfListEnvelope, wrap_dict_as_of, wrap_list_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/cost", tags=["cost"])

Reader = Annotated[Principal, Depends(require_scope("analytics:read"))]
Writer = Annotated[Principal, Depends(require_scope("analytics:write"))]


class DashboardOut(BaseModel):
    """Everything at once: figures of the period, the projection, and the week's anomalies that are not
    closed.
    """

    model_config = ConfigDict(from_attributes=True)

    summary: CostSummaryOut
    by_feature: BreakdownOut
    by_user: BreakdownOut
    by_model: BreakdownOut
    anomalies: list[AnomalyOut]
    projection: ProjectionOut


@router.get("/dashboard")
async def dashboard(
    query: Annotated[PeriodQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[DashboardOut]:
    """Summary, breakdowns, projection and open anomalies, all as of one moment."""
    as_of = query.moment()
    params = {"method": "get_dashboard", "period": query.period, "as_of": as_of}
    result = await registry.execute(
        "analytics.cost", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(DashboardOut.model_validate(unwrap(result)), as_of)


@router.get("/anomalies")
async def list_cost_anomalies(
    query: Annotated[CostAnomalyQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfListEnvelope[AnomalyOut]:
    """Cost anomalies of the last days, newest first."""
    as_of = query.moment()
    params = {
        "method": "list_anomalies",
        "detection_type": "cost",
        "days": query.days,
        "include_closed": query.include_resolved,
        "limit": query.limit,
        "offset": query.offset,
        "as_of": as_of,
    }
    result = await registry.execute(
        "analytics.detection", OperationContext.for_principal(principal, session, params)
    )
    page = unwrap(result)
    return wrap_list_as_of(
        [AnomalyOut.model_validate(item) for item in page.items],
        total=page.total,
        limit=query.limit,
        offset=query.offset,
        as_of=as_of,
    )


@router.post("/anomalies/detect")
async def detect_cost_anomalies(
    body: CostDetectionIn, principal: Writer, registry: Registry, session: WriteSession
) -> AsOfEnvelope[DetectionOut]:
    """Detect cost anomalies. There is no way to do so without opening incidents for the grave ones."""
    as_of = resolve_as_of(body.as_of)
    params = {"method": "run_detection", "detection_type": "cost", "as_of": as_of}
    result = await registry.execute(
        "analytics.detection", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(DetectionOut.model_validate(unwrap(result)), as_of)
