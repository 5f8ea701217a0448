# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Say over HTTP whether the service lives and can serve, and what it measured; the only routes without a key.
# Callers: app.hoc.api.facades.cus.system
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Say over HTTP whether the service lives and can serve, and what it measured; the only routes without a key.

Keep ``/metrics`` inside: it names operations and counts, no customers, but it is nobody else's business.
"""

from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from app.hoc.api.cus.http.dependencies import ReadSession, Registry
from app.hoc.api.cus.http.envelope import Envelope, ErrorEnvelope, wrap_dict
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(tags=["system"])

_NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorEnvelope, "description": "The service cannot serve; the message says what is missing"}
}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text format"}
}


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """The service can serve."""

    status: Literal["ready"]


@router.get("/healthz")
async def health(registry: Registry) -> Envelope[Health]:
    """Answer 200 as long as the process lives."""
    result = await registry.execute("system.health", OperationContext.for_nobody(None))
    return wrap_dict(Health.model_validate(unwrap(result)))


@router.get("/readyz", responses=_NOT_READY)
async def readiness(registry: Registry, session: ReadSession) -> Envelope[Readiness]:
    """Answer 200 when the database is there and migrated and events are being published, else 503."""
    result = await registry.execute("system.ready", OperationContext.for_nobody(session))
    return wrap_dict(Readiness.model_validate(unwrap(result)))


@router.get("/metrics", response_class=PlainTextResponse, responses=_TEXT)
async def metrics(registry: Registry, session: ReadSession) -> PlainTextResponse:
    """Counters, durations and backlogs in the text format of Prometheus; no tenant appears in them."""
    result = await registry.execute("system.metrics", OperationContext.for_nobody(session))
    data = unwrap(result)
    return PlainTextResponse(data["text"], media_type=data["content_type"])
