# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Recorded simulations over HTTP: list, replayable detail, drift statistics, baselines of the past.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Provenance over HTTP. The tenant is the API key's; everything goes through the operation registry."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.hoc.api.cus.analytics.provenance_models import (
    BackfillIn,
    BackfillOut,
    DriftStatsOut,
    PeriodQuery,
    ProvenanceDetailOut,
    ProvenanceItemQuery,
    ProvenanceOut,
    ProvenanceQuery,
)
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry, WriteSession
from app.hoc.api.cus.http.envelope import (
    AsOfEnvelope,
    AsOfListEnvelope,
    Envelope,
    wrap_dict,
    wrap_dict_as_of,
    wrap_list_as_of,
)
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/costsim/provenance", tags=["costsim"])

Reader = Annotated[Principal, Depends(require_scope("costsim:read"))]
Admin = Annotated[Principal, Depends(require_scope("costsim:admin"))]


@router.get("")
async def list_provenance(
    query: Annotated[ProvenanceQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfListEnvelope[ProvenanceOut]:
    """The tenant's recorded simulations, newest first; ``meta.total`` counts all that match."""
    as_of = query.moment()
    params = {"method": "list", **query.model_dump(), "as_of": as_of}
    result = await registry.execute(
        "analytics.costsim.provenance", OperationContext.for_principal(principal, session, params)
    )
    page = unwrap(result)
    records = [ProvenanceOut.model_validate(record) for record in page["records"]]
    return wrap_list_as_of(records, total=page["total"], limit=query.limit, offset=query.offset, as_of=as_of)


@router.get("/stats")
async def drift_stats(
    query: Annotated[PeriodQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[DriftStatsOut]:
    """Statistics of V2 minus V1 over the tenant's recorded simulations."""
    as_of = query.moment()
    params = {"method": "stats", **query.model_dump(), "as_of": as_of}
    result = await registry.execute(
        "analytics.costsim.provenance", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(DriftStatsOut.model_validate(unwrap(result)), as_of)


@router.post("/backfill")
async def backfill(
    body: BackfillIn, principal: Admin, registry: Registry, session: WriteSession
) -> Envelope[BackfillOut]:
    """Record what V1 said in the past; needs ``costsim:admin``. 409 while another backfill is running."""
    records = [record.model_dump() for record in body.records]
    result = await registry.execute(
        "analytics.costsim.provenance",
        OperationContext.for_principal(principal, session, {"method": "backfill", "records": records}),
    )
    return wrap_dict(BackfillOut.model_validate(unwrap(result)))


@router.get("/{input_hash}")
async def get_provenance(
    input_hash: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    query: Annotated[ProvenanceItemQuery, Query()],
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> AsOfEnvelope[ProvenanceDetailOut]:
    """One recorded simulation, with all that is needed to run it again; 404 when there is none."""
    as_of = query.moment()
    params = {"method": "get", "input_hash": input_hash, **query.model_dump(), "as_of": as_of}
    result = await registry.execute(
        "analytics.costsim.provenance", OperationContext.for_principal(principal, session, params)
    )
    data = unwrap(result)
    detail = ProvenanceDetailOut(
        record=ProvenanceOut.model_validate(data["record"]), input=data["input"], output=data["output"]
    )
    return wrap_dict_as_of(detail, as_of)
