# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Say over HTTP whether the service can serve; the only route without a key.
# Callers: app.hoc.api.facades.cus.system
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Say over HTTP whether the service can serve; the only route without a key."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from app.hoc.api.cus.http.dependencies import ReadSession, Registry
from app.hoc.api.cus.http.envelope import Envelope, ErrorEnvelope, wrap_dict
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(tags=["system"])

_UNAVAILABLE: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorEnvelope, "description": "The service cannot reach its database"}
}


class Health(BaseModel):
    """The state of the service."""

    status: Literal["ok"]


@router.get("/healthz", responses=_UNAVAILABLE)
async def health(registry: Registry, session: ReadSession) -> Envelope[Health]:
    """Answer 200 when the service reaches its database, else 503."""
    result = await registry.execute("system.health", OperationContext.for_nobody(session))
    return wrap_dict(Health.model_validate(unwrap(result)))
