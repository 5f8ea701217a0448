# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Exports of an incident over HTTP: evidence, SOC 2 and debrief bundles.
# Callers: facades.cus.incidents
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Exports over HTTP. They read and change nothing; the body says whom a bundle is for and why it is made."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.as_of import AsOfQuery, UtcMoment
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry
from app.hoc.api.cus.http.envelope import AsOfEnvelope, wrap_dict_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.api.cus.incidents.incident_read_models import IncidentId
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/incidents", tags=["incidents"])

Reader = Annotated[Principal, Depends(require_scope("incidents:read"))]
Id = Annotated[IncidentId, Path()]
Moment = Annotated[AsOfQuery, Query()]
Text = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]


class ExportIn(BaseModel):
    """What an export is for; it is repeated in the bundle, outside the hashed content."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["json"] = "json"
    export_reason: Text | None = None
    prepared_for: Text | None = None


class Soc2ExportIn(ExportIn):
    """As ``ExportIn``, and the audit period; bounds are inclusive, a missing one leaves that side open."""

    period_start: UtcMoment | None = None
    period_end: UtcMoment | None = None
    auditor_notes: Text | None = None


class BundleOut(BaseModel):
    """A bundle. ``content_hash`` is the SHA-256 of ``content`` as JSON with sorted keys, ``,`` and ``:`` as only
    separators and non-ASCII escaped; exporting again what has not changed gives the same hash and id.
    """

    model_config = ConfigDict(from_attributes=True)

    bundle_id: str = Field(pattern=r"^(EVD|SOC2|EXEC)-[0-9a-f]{12}$")
    content_hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    content: dict[str, Any]
    exported_by: str
    export_reason: str | None
    prepared_for: str | None
    auditor_notes: str | None


@router.post("/{incident_id}/export/evidence")
async def export_evidence(
    incident_id: Id,
    body: ExportIn,
    query: Moment,
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> AsOfEnvelope[BundleOut]:
    """All that is kept about an incident, and whether it fits together."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.export",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "create_evidence_bundle",
                "incident_id": incident_id,
                "as_of": as_of,
                "export_reason": body.export_reason,
                "prepared_for": body.prepared_for,
            },
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(BundleOut.model_validate(found.answer), as_of, found.data_version)


@router.post("/{incident_id}/export/soc2")
async def export_soc2(
    incident_id: Id,
    body: Soc2ExportIn,
    query: Moment,
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> AsOfEnvelope[BundleOut]:
    """The same, and which SOC 2 controls the timeline shows within the audit period."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.export",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "create_soc2_bundle",
                "incident_id": incident_id,
                "as_of": as_of,
                "period_start": body.period_start,
                "period_end": body.period_end,
                "auditor_notes": body.auditor_notes,
                "export_reason": body.export_reason,
                "prepared_for": body.prepared_for,
            },
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(BundleOut.model_validate(found.answer), as_of, found.data_version)


@router.post("/{incident_id}/export/executive-debrief")
async def export_debrief(
    incident_id: Id,
    body: ExportIn,
    query: Moment,
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> AsOfEnvelope[BundleOut]:
    """What happened, what it cost and what follows, made of recorded facts."""
    as_of = query.moment()
    result = await registry.execute(
        "incidents.export",
        OperationContext.for_principal(
            principal,
            session,
            {
                "method": "create_executive_debrief",
                "incident_id": incident_id,
                "as_of": as_of,
                "export_reason": body.export_reason,
                "prepared_for": body.prepared_for,
            },
        ),
    )
    found = unwrap(result)
    return wrap_dict_as_of(BundleOut.model_validate(found.answer), as_of, found.data_version)
