# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: One incident over HTTP: all that is kept about it, its parts, and what can be learned from it.
# Callers: facades.cus.incidents
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""One incident over HTTP, as it was at ``as_of``. To be included after every route below ``/incidents`` whose next
segment is a word: ``/incidents/{incident_id}`` would take it for an id.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from app.hoc.api.cus.http.as_of import AsOfQuery
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry
from app.hoc.api.cus.http.envelope import AsOfEnvelope, wrap_dict_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.api.cus.incidents.incident_read_models import (
    IncidentDetailOut,
    IncidentId,
    LearningsOut,
    TimelineEntryOut,
)
from app.hoc.api.cus.incidents.lifecycle_models import EvidenceOut
from app.hoc.api.cus.incidents.postmortem_models import PostmortemOut
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/incidents", tags=["incidents"])

Reader = Annotated[Principal, Depends(require_scope("incidents:read"))]
Id = Annotated[IncidentId, Path()]
Moment = Annotated[AsOfQuery, Query()]


async def _detail(
    incident_id: str, as_of: datetime, principal: Principal, registry: Registry, session: ReadSession
) -> Any:
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {"method": "get_incident_detail", "incident_id": incident_id, "as_of": as_of},
        ),
    )
    return unwrap(result)


@router.get("/{incident_id}")
async def get_incident(
    incident_id: Id, query: Moment, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[IncidentDetailOut]:
    """An incident with timeline, evidence and postmortems; 404 when the tenant had none of that id then."""
    as_of = query.moment()
    found = await _detail(incident_id, as_of, principal, registry, session)
    data = IncidentDetailOut.model_validate(found.answer)
    return wrap_dict_as_of(data, as_of, found.data_version)


@router.get("/{incident_id}/timeline")
async def get_timeline(
    incident_id: Id, query: Moment, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[list[TimelineEntryOut]]:
    """What had happened to an incident, in order."""
    as_of = query.moment()
    found = await _detail(incident_id, as_of, principal, registry, session)
    data = [TimelineEntryOut.model_validate(entry) for entry in found.answer.timeline]
    return wrap_dict_as_of(data, as_of, found.data_version)


@router.get("/{incident_id}/evidence")
async def get_evidence(
    incident_id: Id, query: Moment, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[list[EvidenceOut]]:
    """What had been found out about an incident, oldest first."""
    as_of = query.moment()
    found = await _detail(incident_id, as_of, principal, registry, session)
    data = [EvidenceOut.model_validate(item) for item in found.answer.evidence]
    return wrap_dict_as_of(data, as_of, found.data_version)


@router.get("/{incident_id}/postmortems")
async def get_postmortems(
    incident_id: Id, query: Moment, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[list[PostmortemOut]]:
    """The postmortems of an incident, the one in force first."""
    as_of = query.moment()
    found = await _detail(incident_id, as_of, principal, registry, session)
    data = [PostmortemOut.model_validate(item) for item in found.answer.postmortems]
    return wrap_dict_as_of(data, as_of, found.data_version)


@router.get("/{incident_id}/learnings")
async def get_learnings(
    incident_id: Id, query: Moment, principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[LearningsOut]:
    """How an incident was dealt with, resolved ones like it, and what they suggest."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.query",
        OperationContext.for_principal(
            principal,
            session,
            {"method": "get_incident_learnings", "incident_id": incident_id, "as_of": as_of},
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(LearningsOut.model_validate(found.answer), as_of, found.data_version)
