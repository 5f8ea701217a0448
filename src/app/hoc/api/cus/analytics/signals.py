# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Execution signals over HTTP: a tenant's platform reports what ran.
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Execution signals over HTTP: what usage statistics, patterns and predictions are drawn from."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.as_of import UtcMoment
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import Registry, WriteSession
from app.hoc.api.cus.http.envelope import Envelope, wrap_dict
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.api.cus.http.fields import CentsIn
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/analytics", tags=["analytics"])

Writer = Annotated[Principal, Depends(require_scope("analytics:write"))]
SignalId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,36}$")]
TraceId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Tokens = Annotated[int, Field(ge=0, le=1_000_000_000)]
MAX_SIGNALS = 500


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WorkerRunIn(_In):
    """A worker run that has ended."""

    id: SignalId
    worker_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]
    task: Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")]
    status: Literal["completed", "failed", "crashed"]
    created_at: UtcMoment
    error: Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")] | None = None
    total_tokens: Tokens | None = None
    cost_cents: CentsIn | None = None
    attempt: int = Field(default=1, ge=1, le=1000)
    is_retry: bool = False


class AgentRunIn(_In):
    """A finished language model run."""

    id: SignalId
    created_at: UtcMoment
    trace_id: TraceId | None = None
    input_tokens: Tokens = 0
    output_tokens: Tokens = 0


class ExecutionIn(_In):
    """A finished execution; only successful ones count as compute units."""

    id: SignalId
    status: Literal["success", "failure"]
    created_at: UtcMoment
    trace_id: TraceId | None = None


class SignalsIn(_In):
    """A batch: all of it is stored, or none."""

    worker_runs: list[WorkerRunIn] = Field(default_factory=list, max_length=MAX_SIGNALS)
    llm_usage: list[AgentRunIn] = Field(default_factory=list, max_length=MAX_SIGNALS)
    executions: list[ExecutionIn] = Field(default_factory=list, max_length=MAX_SIGNALS)


class IngestedOut(BaseModel):
    """What became of the batch; duplicates were known by their id and changed nothing."""

    model_config = ConfigDict(from_attributes=True)

    accepted: int
    duplicates: int


@router.post("/signals")
async def ingest_signals(
    body: SignalsIn, principal: Writer, registry: Registry, session: WriteSession
) -> Envelope[IngestedOut]:
    """Report worker runs, language model runs and executions; safe to send again."""
    result = await registry.execute(
        "analytics.signals",
        OperationContext.for_principal(principal, session, {"method": "ingest", **body.model_dump()}),
    )
    return wrap_dict(IngestedOut.model_validate(unwrap(result)))
