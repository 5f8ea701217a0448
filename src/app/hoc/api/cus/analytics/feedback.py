# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Pattern feedback over HTTP: read it, acknowledge it.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Pattern feedback over HTTP."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.as_of import AsOfQuery
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

router = APIRouter(prefix="/feedback", tags=["feedback"])

Reader = Annotated[Principal, Depends(require_scope("analytics:read"))]
Writer = Annotated[Principal, Depends(require_scope("analytics:write"))]


class FeedbackQuery(AsOfQuery):
    """Which feedback to list."""

    pattern_type: Literal["failure_pattern", "cost_spike"] | None = None
    severity: Literal["info", "warning", "critical"] | None = None
    acknowledged: bool | None = None
    limit: int = Field(default=50, ge=1, le=200)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)


class FeedbackOut(BaseModel):
    """Something that was noticed; ``provenance`` names the runs it was seen in."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    tenant_id: str
    pattern_type: Literal["failure_pattern", "cost_spike"]
    severity: Literal["info", "warning", "critical"]
    description: str
    signature: str | None
    provenance: list[str]
    occurrence_count: int
    time_window_minutes: int | None
    threshold_used: str | None
    extra_data: dict[str, Any]
    detected_at: datetime
    created_at: datetime
    acknowledged: bool
    acknowledged_at: datetime | None
    acknowledged_by: str | None


class FeedbackStatsOut(BaseModel):
    """Counts over all feedback."""

    model_config = ConfigDict(from_attributes=True)

    total: int
    acknowledged: int
    unacknowledged: int
    by_type: dict[str, int]
    by_severity: dict[str, int]


@router.get("")
async def list_feedback(
    query: Annotated[FeedbackQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfListEnvelope[FeedbackOut]:
    """The tenant's feedback, newest first."""
    as_of = query.moment()
    params = query.model_dump(exclude={"as_of"}) | {"method": "list_feedback", "as_of": as_of}
    result = await registry.execute(
        "analytics.feedback", OperationContext.for_principal(principal, session, params)
    )
    page = unwrap(result)
    return wrap_list_as_of(
        [FeedbackOut.model_validate(item) for item in page.items],
        total=page.total,
        limit=query.limit,
        offset=query.offset,
        as_of=as_of,
    )


@router.get("/stats/summary")
async def feedback_stats(
    query: Annotated[AsOfQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[FeedbackStatsOut]:
    """Counts over all of the tenant's feedback."""
    as_of = query.moment()
    params = {"method": "get_feedback_stats", "as_of": as_of}
    result = await registry.execute(
        "analytics.feedback", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(FeedbackStatsOut.model_validate(unwrap(result)), as_of)


@router.get("/{feedback_id}")
async def get_feedback(
    feedback_id: uuid.UUID,
    query: Annotated[AsOfQuery, Query()],
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> AsOfEnvelope[FeedbackOut]:
    """One feedback; 404 when the tenant has none of that id."""
    as_of = query.moment()
    params = {"method": "get_feedback", "feedback_id": feedback_id, "as_of": as_of}
    result = await registry.execute(
        "analytics.feedback", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(FeedbackOut.model_validate(unwrap(result)), as_of)


@router.post("/{feedback_id}/acknowledge")
async def acknowledge_feedback(
    feedback_id: uuid.UUID, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[FeedbackOut]:
    """Note that someone has seen it; 409 when someone has before."""
    params = {"method": "acknowledge_feedback", "feedback_id": feedback_id}
    result = await registry.execute(
        "analytics.feedback", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(FeedbackOut.model_validate(unwrap(result)))
