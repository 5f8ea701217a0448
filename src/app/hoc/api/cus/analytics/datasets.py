# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Reference datasets over HTTP: list them, validate V2 against them.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Reference datasets over HTTP. A validation is recorded as an analytics artifact of the key's tenant."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from app.hoc.api.cus.analytics.dataset_models import DatasetInfoOut, DatasetOut, ValidateAllOut, ValidationOut
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry, WriteSession
from app.hoc.api.cus.http.envelope import Envelope, wrap_dict
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/costsim/datasets", tags=["costsim"])

Reader = Annotated[Principal, Depends(require_scope("costsim:read"))]
Writer = Annotated[Principal, Depends(require_scope("costsim:write"))]
Admin = Annotated[Principal, Depends(require_scope("costsim:admin"))]
DatasetId = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,64}$")]


@router.get("")
async def list_datasets(
    principal: Reader, registry: Registry, session: ReadSession
) -> Envelope[list[DatasetOut]]:
    """All reference datasets. They belong to the release, not to a tenant, and do not change with time."""
    result = await registry.execute(
        "analytics.costsim.datasets",
        OperationContext.for_principal(principal, session, {"method": "list"}),
    )
    return wrap_dict([DatasetOut.model_validate(dataset) for dataset in unwrap(result)["datasets"]])


@router.post("/validate-all")
async def validate_all(
    principal: Admin, registry: Registry, session: WriteSession
) -> Envelope[ValidateAllOut]:
    """Validate V2 against every dataset; needs ``costsim:admin``."""
    result = await registry.execute(
        "analytics.costsim.datasets",
        OperationContext.for_principal(principal, session, {"method": "validate_all"}),
    )
    return wrap_dict(ValidateAllOut.model_validate(unwrap(result)))


@router.get("/{dataset_id}")
async def get_dataset(
    dataset_id: DatasetId, principal: Reader, registry: Registry, session: ReadSession
) -> Envelope[DatasetInfoOut]:
    """One dataset; 404 when there is none of this id."""
    result = await registry.execute(
        "analytics.costsim.datasets",
        OperationContext.for_principal(principal, session, {"method": "info", "dataset_id": dataset_id}),
    )
    return wrap_dict(DatasetInfoOut.model_validate(unwrap(result)))


@router.post("/{dataset_id}/validate")
async def validate_dataset(
    dataset_id: DatasetId, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[ValidationOut]:
    """Validate V2 against one dataset; 404 when there is none of this id."""
    result = await registry.execute(
        "analytics.costsim.datasets",
        OperationContext.for_principal(principal, session, {"method": "validate", "dataset_id": dataset_id}),
    )
    return wrap_dict(ValidationOut.model_validate(unwrap(result)))
