# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Analytics artifacts over HTTP: record how a dataset was computed, and look it up.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Analytics artifacts over HTTP. The tenant is the API key's; everything goes through the operation registry."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.hoc.api.cus.analytics.artifacts_models import (
    ArtifactIn,
    ArtifactOut,
    ArtifactQuery,
    DatasetArtifactQuery,
    SavedArtifactOut,
)
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry, WriteSession
from app.hoc.api.cus.http.envelope import AsOfListEnvelope, Envelope, wrap_dict, wrap_list_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/analytics/artifacts", tags=["analytics"])

Reader = Annotated[Principal, Depends(require_scope("analytics:read"))]
Writer = Annotated[Principal, Depends(require_scope("analytics:write"))]


@router.post("")
async def save_artifact(
    body: ArtifactIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[SavedArtifactOut]:
    """Record how a version of a dataset was computed.

    The same record again changes nothing; another record of the same version is a 409 unless it supersedes.
    """
    result = await registry.execute(
        "analytics.artifacts",
        OperationContext.for_principal(principal, session, {"method": "save", **body.to_params()}),
    )
    data = unwrap(result)
    return wrap_dict(
        SavedArtifactOut(artifact=ArtifactOut.model_validate(data["artifact"]), outcome=data["outcome"])
    )


@router.get("")
async def list_artifacts(
    query: Annotated[ArtifactQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfListEnvelope[ArtifactOut]:
    """The tenant's artifacts, newest first."""
    as_of = query.moment()
    params = {"method": "list", **query.model_dump(), "as_of": as_of}
    result = await registry.execute(
        "analytics.artifacts", OperationContext.for_principal(principal, session, params)
    )
    page = unwrap(result)
    artifacts = [ArtifactOut.model_validate(artifact) for artifact in page["artifacts"]]
    return wrap_list_as_of(
        artifacts, total=page["total"], limit=query.limit, offset=query.offset, as_of=as_of
    )


@router.get("/{dataset_id}")
async def get_artifacts(
    dataset_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9._:+-]{1,64}$")],
    query: Annotated[DatasetArtifactQuery, Query()],
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> AsOfListEnvelope[ArtifactOut]:
    """The recorded versions of a dataset, newest first; 404 when there is none."""
    as_of = query.moment()
    params = {"method": "get", "dataset_id": dataset_id, **query.model_dump(), "as_of": as_of}
    result = await registry.execute(
        "analytics.artifacts", OperationContext.for_principal(principal, session, params)
    )
    page = unwrap(result)
    artifacts = [ArtifactOut.model_validate(artifact) for artifact in page["artifacts"]]
    return wrap_list_as_of(
        artifacts, total=page["total"], limit=query.limit, offset=query.offset, as_of=as_of
    )
