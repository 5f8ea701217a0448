# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.signals: take in a batch of execution signals in one transaction.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``analytics.signals``: writes. Method: ingest."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.signal_ingest_engine import ingest_signals
from app.hoc.cus.analytics.L5_schemas.execution_signals import (
    AgentRunSignal,
    ExecutionOutcome,
    ExecutionSignal,
    RunOutcome,
    WorkerRunSignal,
)
from app.hoc.cus.analytics.L6_drivers.signal_write_driver import get_signal_write_driver
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import choice, dispatch, operation_time
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction


class AnalyticsSignalsHandler:
    """``ingest`` takes lists of mappings with the fields of the signals in ``L5_schemas.execution_signals``."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(ctx, {"ingest": self._ingest})

    async def _ingest(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        worker_runs: Sequence[dict[str, Any]] = (),
        llm_usage: Sequence[dict[str, Any]] = (),
        executions: Sequence[dict[str, Any]] = (),
    ) -> Any:
        runs = [
            WorkerRunSignal(**raw | {"status": choice(RunOutcome, raw["status"], "status")})
            for raw in worker_runs
        ]
        finished = [
            ExecutionSignal(**raw | {"status": choice(ExecutionOutcome, raw["status"], "status")})
            for raw in executions
        ]
        async with transaction(session):
            return await ingest_signals(
                get_signal_write_driver(session),
                ctx.tenant_id,
                worker_runs=runs,
                llm_usage=[AgentRunSignal(**raw) for raw in llm_usage],
                executions=finished,
                now=operation_time(ctx),
            )


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("analytics.signals", AnalyticsSignalsHandler())
