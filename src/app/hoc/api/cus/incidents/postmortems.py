# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Recurrence groups and postmortems over HTTP.
# Callers: facades.cus.incidents
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Which incidents are the same thing again, and what was learned from them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from app.hoc.api.cus.http.as_of import AsOfQuery
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry, WriteSession
from app.hoc.api.cus.http.envelope import AsOfEnvelope, Envelope, wrap_dict, wrap_dict_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.api.cus.incidents.postmortem_models import (
    PostmortemIn,
    RecurrenceGroupOut,
    SavedPostmortemOut,
    SignatureRecipeOut,
)
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/incidents", tags=["incident recurrence"])

Reader = Annotated[Principal, Depends(require_scope("incidents:read"))]
Writer = Annotated[Principal, Depends(require_scope("incidents:write"))]
IncidentId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Signature = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


class RecurrenceQuery(AsOfQuery):
    """Which group of a signature to read."""

    signature_version: Annotated[str, Field(pattern=r"^[0-9.]{1,20}$")] | None = Field(
        default=None, description="The version of the recipe; the published one by default."
    )
    limit: int = Field(default=50, ge=1, le=200)


@router.get("/recurrence/recipe")
async def get_signature_recipe(
    principal: Reader, registry: Registry, session: ReadSession
) -> Envelope[SignatureRecipeOut]:
    """How the recurrence signature is made."""
    params = {"method": "get_signature_recipe"}
    result = await registry.execute(
        "incidents.recurrence", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(SignatureRecipeOut.model_validate(unwrap(result)))


@router.get("/recurrence/{recurrence_signature}")
async def get_recurrence_group(
    recurrence_signature: Signature,
    query: Annotated[RecurrenceQuery, Query()],
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> AsOfEnvelope[RecurrenceGroupOut]:
    """The tenant's incidents with this signature, newest first, in the state they had at ``as_of``."""
    as_of = query.moment()
    params = {
        "method": "get_recurrence_group",
        "recurrence_signature": recurrence_signature,
        "as_of": as_of,
        **query.model_dump(exclude={"as_of"}, exclude_none=True),
    }
    result = await registry.execute(
        "incidents.recurrence", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(RecurrenceGroupOut.model_validate(unwrap(result)), as_of)


@router.post("/{incident_id}/postmortem-stub")
async def create_postmortem_stub(
    incident_id: IncidentId, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[SavedPostmortemOut]:
    """Draw up a postmortem from what is known; again, the one in force."""
    params = {"method": "create_postmortem_stub", "incident_id": incident_id}
    result = await registry.execute(
        "incidents.recurrence", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(SavedPostmortemOut.model_validate(unwrap(result)))


@router.post("/{incident_id}/postmortems")
async def write_postmortem(
    incident_id: IncidentId, body: PostmortemIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[SavedPostmortemOut]:
    """Write a postmortem; 409 when another one is in force and shall not be superseded."""
    params = {"method": "write_postmortem", "incident_id": incident_id, **body.to_params()}
    result = await registry.execute(
        "incidents.recurrence", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(SavedPostmortemOut.model_validate(unwrap(result)))
