# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Simulate plans over HTTP, and report how the two cost models compare.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Simulation over HTTP. The tenant is the API key's; everything goes through the operation registry."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.hoc.api.cus.analytics.simulation_models import (
    CostsimStatusOut,
    DivergenceOut,
    DivergenceQuery,
    SimulateIn,
    SimulateOut,
)
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry, WriteSession
from app.hoc.api.cus.http.envelope import AsOfEnvelope, Envelope, wrap_dict, wrap_dict_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/costsim", tags=["costsim"])

Reader = Annotated[Principal, Depends(require_scope("costsim:read"))]
Writer = Annotated[Principal, Depends(require_scope("costsim:write"))]


@router.get("/v2/status")
async def status(principal: Reader, registry: Registry, session: ReadSession) -> Envelope[CostsimStatusOut]:
    """Whether V2 runs beside V1, in which version, and how recording fares."""
    result = await registry.execute(
        "analytics.costsim.status", OperationContext.for_principal(principal, session)
    )
    return wrap_dict(CostsimStatusOut.model_validate(unwrap(result)))


@router.post("/v2/simulate")
async def simulate(
    body: SimulateIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[SimulateOut]:
    """Estimate what a plan will cost. V1's answer counts; V2's is shown beside it where the sandbox is on.

    The simulation is recorded before it is answered.
    """
    result = await registry.execute(
        "analytics.costsim.simulate",
        OperationContext.for_principal(principal, session, body.to_params()),
    )
    return wrap_dict(SimulateOut.of(unwrap(result)))


@router.get("/divergence")
async def divergence(
    query: Annotated[DivergenceQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[DivergenceOut]:
    """How far V2 has been from V1; 404 when nothing was compared in the period."""
    as_of = query.moment()
    result = await registry.execute(
        "analytics.costsim.divergence",
        OperationContext.for_principal(principal, session, query.model_dump() | {"as_of": as_of}),
    )
    data = unwrap(result)
    report = data["report"].to_dict() | {"available_samples": data["available_samples"]}
    return wrap_dict_as_of(DivergenceOut.model_validate(report), as_of)
