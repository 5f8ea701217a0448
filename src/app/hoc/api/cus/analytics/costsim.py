# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Cost simulation over HTTP: run a canary, read canary reports.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Cost simulation over HTTP. The tenant is the API key's; everything goes through the operation registry."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.hoc.api.cus.analytics.costsim_models import CanaryReportOut, CanaryReportQuery, CanaryRunIn
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry, WriteSession
from app.hoc.api.cus.http.envelope import AsOfListEnvelope, Envelope, wrap_dict, wrap_list_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/costsim", tags=["costsim"])

Reader = Annotated[Principal, Depends(require_scope("costsim:read"))]
Admin = Annotated[Principal, Depends(require_scope("costsim:admin"))]


@router.post("/canary/run")
async def run_canary(
    body: CanaryRunIn, principal: Admin, registry: Registry, session: WriteSession
) -> Envelope[CanaryReportOut]:
    """Compare cost models V1 and V2 over samples and record the verdict; needs ``costsim:admin``.

    The answer is 200 whatever the verdict: ``status`` is pass, fail, error (too little could be compared)
    or skipped.
    """
    result = await registry.execute(
        "analytics.canary",
        OperationContext.for_principal(principal, session, {"method": "run", **body.to_params()}),
    )
    return wrap_dict(CanaryReportOut.model_validate(unwrap(result)["report"]))


@router.get("/canary/reports")
async def list_canary_reports(
    principal: Reader,
    registry: Registry,
    session: ReadSession,
    query: Annotated[CanaryReportQuery, Query()],
) -> AsOfListEnvelope[CanaryReportOut]:
    """The tenant's canary reports, newest first; ``meta.total`` counts all that match."""
    as_of = query.moment()
    filters = query.model_dump() | {"as_of": as_of}
    result = await registry.execute(
        "analytics.canary_reports",
        OperationContext.for_principal(principal, session, {"method": "list", "filters": filters}),
    )
    page = unwrap(result)
    reports = [CanaryReportOut.model_validate(report) for report in page["reports"]]
    return wrap_list_as_of(reports, total=page["total"], limit=query.limit, offset=query.offset, as_of=as_of)


@router.get("/canary/reports/{run_id}")
async def get_canary_report(
    run_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$")],
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> Envelope[CanaryReportOut]:
    """The report of one run; 404 when the tenant has none of that id."""
    result = await registry.execute(
        "analytics.canary_reports",
        OperationContext.for_principal(principal, session, {"method": "get", "run_id": run_id}),
    )
    return wrap_dict(CanaryReportOut.model_validate(unwrap(result)["report"]))
