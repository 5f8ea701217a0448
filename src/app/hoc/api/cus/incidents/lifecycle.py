# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Opening incidents and leading them through their life over HTTP.
# Callers: facades.cus.incidents
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Incident writes over HTTP: 404 for an incident the tenant does not have, 409 for a step its state does not allow."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import Registry, WriteSession
from app.hoc.api.cus.http.envelope import Envelope, wrap_dict
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.api.cus.incidents.lifecycle_models import (
    CloseIn,
    EvidenceIn,
    EvidenceOut,
    IncidentIn,
    IncidentOut,
    NoteIn,
    OpenedIncidentOut,
    ReasonIn,
    ResolveIn,
    StaleIn,
    StaleOut,
    TriggerIn,
)
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/incidents", tags=["incident lifecycle"])

Writer = Annotated[Principal, Depends(require_scope("incidents:write"))]
Admin = Annotated[Principal, Depends(require_scope("incidents:admin"))]
IncidentId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]


@router.post("")
async def create_incident(
    body: IncidentIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[OpenedIncidentOut]:
    """Open an incident; ``is_new`` is false when its ``source_ref`` has one already."""
    params = {"method": "create_incident", **body.to_params()}
    result = await registry.execute(
        "incidents.write", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(OpenedIncidentOut.model_validate(unwrap(result)))


@router.post("/triggers")
async def record_trigger(
    body: TriggerIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[OpenedIncidentOut]:
    """Report a trigger: it joins the open incident of its window, or opens one."""
    params = {"method": "record_trigger", **body.to_params()}
    result = await registry.execute(
        "incidents.write", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(OpenedIncidentOut.model_validate(unwrap(result)))


@router.post("/resolve-stale")
async def resolve_stale_incidents(
    body: StaleIn, principal: Admin, registry: Registry, session: WriteSession
) -> Envelope[StaleOut]:
    """Resolve incidents of triggers that have been silent for a quarter of an hour."""
    params = {"method": "resolve_stale_incidents", **body.to_params()}
    result = await registry.execute(
        "incidents.write", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(StaleOut.model_validate(unwrap(result)))


@router.post("/{incident_id}/acknowledge")
async def acknowledge_incident(
    incident_id: IncidentId, body: NoteIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[IncidentOut]:
    """Active becomes acknowledged."""
    params = {"method": "acknowledge_incident", "incident_id": incident_id, **body.to_params()}
    result = await registry.execute(
        "incidents.write", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(IncidentOut.model_validate(unwrap(result)))


@router.post("/{incident_id}/resolve")
async def resolve_incident(
    incident_id: IncidentId, body: ResolveIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[IncidentOut]:
    """Active or acknowledged becomes resolved; a postmortem that is named has to be the one in force."""
    params = {"method": "resolve_incident", "incident_id": incident_id, **body.to_params()}
    result = await registry.execute(
        "incidents.write", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(IncidentOut.model_validate(unwrap(result)))


@router.post("/{incident_id}/close")
async def manual_close_incident(
    incident_id: IncidentId, body: CloseIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[IncidentOut]:
    """Close what needs no resolution."""
    params = {"method": "manual_close_incident", "incident_id": incident_id, **body.to_params()}
    result = await registry.execute(
        "incidents.write", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(IncidentOut.model_validate(unwrap(result)))


@router.post("/{incident_id}/reopen")
async def reopen_incident(
    incident_id: IncidentId, body: ReasonIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[IncidentOut]:
    """Resolved becomes reopened."""
    params = {"method": "reopen_incident", "incident_id": incident_id, **body.to_params()}
    result = await registry.execute(
        "incidents.write", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(IncidentOut.model_validate(unwrap(result)))


@router.post("/{incident_id}/reactivate")
async def reactivate_incident(
    incident_id: IncidentId, body: NoteIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[IncidentOut]:
    """Reopened becomes active."""
    params = {"method": "reactivate_incident", "incident_id": incident_id, **body.to_params()}
    result = await registry.execute(
        "incidents.write", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(IncidentOut.model_validate(unwrap(result)))


@router.post("/{incident_id}/evidence")
async def add_evidence(
    incident_id: IncidentId, body: EvidenceIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[EvidenceOut]:
    """Keep something that was found out, for good."""
    params: dict[str, Any] = {"method": "add_evidence", "incident_id": incident_id, **body.to_params()}
    result = await registry.execute(
        "incidents.write", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(EvidenceOut.model_validate(unwrap(result)))
