# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Cost metering over HTTP: feature tags, cost records, budgets.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Cost metering over HTTP. The tenant is the API key's; everything goes through the operation registry."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.hoc.api.cus.analytics.cost_models import (
    BudgetIn,
    BudgetOut,
    CostRecordedOut,
    CostRecordIn,
    FeatureTagChanges,
    FeatureTagIn,
    FeatureTagOut,
    FeatureTagQuery,
)
from app.hoc.api.cus.http.as_of import AsOfQuery
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry, WriteSession
from app.hoc.api.cus.http.envelope import AsOfEnvelope, Envelope, wrap_dict, wrap_dict_as_of
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/cost", tags=["cost"])

Reader = Annotated[Principal, Depends(require_scope("analytics:read"))]
Writer = Annotated[Principal, Depends(require_scope("analytics:write"))]
Admin = Annotated[Principal, Depends(require_scope("analytics:admin"))]


@router.post("/features")
async def create_feature_tag(
    body: FeatureTagIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[FeatureTagOut]:
    """Create a feature tag: lower-case words joined by dots. 409 when it exists."""
    result = await registry.execute(
        "analytics.cost_write",
        OperationContext.for_principal(
            principal, session, {"method": "create_feature_tag", **body.model_dump()}
        ),
    )
    return wrap_dict(FeatureTagOut.model_validate(unwrap(result)))


@router.get("/features")
async def list_feature_tags(
    query: Annotated[FeatureTagQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[list[FeatureTagOut]]:
    """The tenant's feature tags, by name."""
    as_of = query.moment()
    result = await registry.execute(
        "analytics.cost",
        OperationContext.for_principal(
            principal,
            session,
            {"method": "list_feature_tags", "include_inactive": query.include_inactive, "as_of": as_of},
        ),
    )
    return wrap_dict_as_of([FeatureTagOut.model_validate(tag) for tag in unwrap(result)], as_of)


@router.put("/features/{tag}")
async def update_feature_tag(
    tag: Annotated[str, Path(max_length=128)],
    body: FeatureTagChanges,
    principal: Writer,
    registry: Registry,
    session: WriteSession,
) -> Envelope[FeatureTagOut]:
    """Change a feature tag; 404 when the tenant has no such tag."""
    result = await registry.execute(
        "analytics.cost_write",
        OperationContext.for_principal(
            principal,
            session,
            {"method": "update_feature_tag", "tag": tag, "changes": body.to_changes()},
        ),
    )
    return wrap_dict(FeatureTagOut.model_validate(unwrap(result)))


@router.post("/record")
async def record_cost(
    body: CostRecordIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[CostRecordedOut]:
    """Record a metered call; a tag that is unknown or inactive becomes ``unclassified``."""
    result = await registry.execute(
        "analytics.cost_write",
        OperationContext.for_principal(principal, session, {"method": "record_cost", **body.model_dump()}),
    )
    data = unwrap(result)
    record = data["record"]
    return wrap_dict(
        CostRecordedOut(
            id=record.id,
            created=data["created"],
            feature_tag=record.feature_tag,
            cost_cents=record.cost_cents,
            created_at=record.created_at,
        )
    )


@router.post("/budgets")
async def set_budget(
    body: BudgetIn, principal: Admin, registry: Registry, session: WriteSession
) -> Envelope[BudgetOut]:
    """Create or overwrite the budget of the tenant, a feature or a user; needs ``analytics:admin``."""
    result = await registry.execute(
        "analytics.cost_write",
        OperationContext.for_principal(principal, session, {"method": "set_budget", **body.model_dump()}),
    )
    return wrap_dict(BudgetOut.of(unwrap(result)))


@router.get("/budgets")
async def list_budgets(
    query: Annotated[AsOfQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[list[BudgetOut]]:
    """Active budgets and what has been spent of them."""
    as_of = query.moment()
    result = await registry.execute(
        "analytics.cost",
        OperationContext.for_principal(principal, session, {"method": "list_budgets", "as_of": as_of}),
    )
    return wrap_dict_as_of([BudgetOut.of(use) for use in unwrap(result)], as_of)
