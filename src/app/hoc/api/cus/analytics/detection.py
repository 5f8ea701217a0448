# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Anomaly detection over HTTP: run it, read anomalies, acknowledge and close them.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Anomaly detection over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.hoc.api.cus.analytics.anomaly_models import (
    AnomalyOut,
    AnomalyQuery,
    DetectionIn,
    DetectionOut,
    DetectionStatusOut,
    ResolutionIn,
)
from app.hoc.api.cus.http.as_of import AsOfQuery, resolve_as_of
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

router = APIRouter(prefix="/detection", tags=["detection"])

Reader = Annotated[Principal, Depends(require_scope("analytics:read"))]
Writer = Annotated[Principal, Depends(require_scope("analytics:write"))]
AnomalyId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_]{1,64}$")]


@router.post("/run")
async def run_detection(
    body: DetectionIn, principal: Writer, registry: Registry, session: WriteSession
) -> AsOfEnvelope[DetectionOut]:
    """Detect anomalies; the same ``as_of`` again changes nothing. Every HIGH anomaly has its incident, or
    the run fails and nothing is stored.
    """
    as_of = resolve_as_of(body.as_of)
    result = await registry.execute(
        "analytics.detection",
        OperationContext.for_principal(
            principal,
            session,
            {"method": "run_detection", "detection_type": body.detection_type, "as_of": as_of},
        ),
    )
    return wrap_dict_as_of(DetectionOut.model_validate(unwrap(result)), as_of)


@router.get("/anomalies")
async def list_anomalies(
    query: Annotated[AnomalyQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfListEnvelope[AnomalyOut]:
    """The tenant's anomalies, newest first, in the status they had at ``as_of``."""
    as_of = query.moment()
    params = query.model_dump(exclude={"as_of"}) | {"method": "list_anomalies", "as_of": as_of}
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


@router.get("/anomalies/{anomaly_id}")
async def get_anomaly(
    anomaly_id: AnomalyId,
    query: Annotated[AsOfQuery, Query()],
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> AsOfEnvelope[AnomalyOut]:
    """One anomaly; 404 when the tenant has none of that id."""
    as_of = query.moment()
    params = {"method": "get_anomaly", "anomaly_id": anomaly_id, "as_of": as_of}
    result = await registry.execute(
        "analytics.detection", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(AnomalyOut.model_validate(unwrap(result)), as_of)


@router.post("/anomalies/{anomaly_id}/acknowledge")
async def acknowledge_anomaly(
    anomaly_id: AnomalyId, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[AnomalyOut]:
    """Open becomes acknowledged; 409 in any other status."""
    params = {"method": "acknowledge_anomaly", "anomaly_id": anomaly_id}
    result = await registry.execute(
        "analytics.detection", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(AnomalyOut.model_validate(unwrap(result)))


@router.post("/anomalies/{anomaly_id}/resolve")
async def resolve_anomaly(
    anomaly_id: AnomalyId, body: ResolutionIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[AnomalyOut]:
    """Acknowledged becomes resolved or dismissed; 409 in any other status."""
    params = {"method": "resolve_anomaly", "anomaly_id": anomaly_id, **body.model_dump()}
    result = await registry.execute(
        "analytics.detection", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(AnomalyOut.model_validate(unwrap(result)))


@router.get("/status")
async def detection_status(
    principal: Reader, registry: Registry, session: ReadSession
) -> Envelope[DetectionStatusOut]:
    """Which engines there are, and when detection last looked at this tenant: as of now, because only the latest
    look is remembered.
    """
    params = {"method": "get_detection_status", "as_of": resolve_as_of(None)}
    result = await registry.execute(
        "analytics.detection", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(DetectionStatusOut.model_validate(unwrap(result)))
