# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Stores signals a tenant's platform reports; each id once.
# Callers: L5 signal_ingest_engine, spine analytics_signals_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: none
# Writes: aos_traces, runs, worker_runs
"""Signal write driver. Each method returns whether the signal was new."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.execution_signals import (
    AgentRunSignal,
    ExecutionSignal,
    WorkerRunSignal,
)
from app.hoc.cus.analytics.L6_drivers.insert_once import insert_once
from app.models.tenant import WorkerRun
from app.models.usage_signal import AgentRun, ExecutionTrace


class SignalWriteDriver:
    """Writes signals of one tenant per call."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def insert_worker_run(self, tenant_id: str, signal: WorkerRunSignal) -> bool:
        """Store an ended worker run unless its id is known."""
        row = WorkerRun(
            tenant_id=tenant_id,
            id=signal.id,
            worker_id=signal.worker_id,
            task=signal.task,
            status=signal.status.value,
            error=signal.error,
            total_tokens=signal.total_tokens,
            cost_cents=signal.cost_cents,
            attempt=signal.attempt,
            is_retry=signal.is_retry,
            created_at=signal.created_at,
        )
        return await self._session.run_sync(insert_once, row)

    async def insert_agent_run(self, tenant_id: str, signal: AgentRunSignal) -> bool:
        """Store a language model run unless its id is known."""
        row = AgentRun(
            tenant_id=tenant_id,
            id=signal.id,
            trace_id=signal.trace_id,
            input_tokens=signal.input_tokens,
            output_tokens=signal.output_tokens,
            created_at=signal.created_at,
        )
        return await self._session.run_sync(insert_once, row)

    async def insert_execution(self, tenant_id: str, signal: ExecutionSignal) -> bool:
        """Store an execution unless its id is known."""
        row = ExecutionTrace(
            tenant_id=tenant_id,
            id=signal.id,
            trace_id=signal.trace_id,
            status=signal.status.value,
            created_at=signal.created_at,
        )
        return await self._session.run_sync(insert_once, row)


def get_signal_write_driver(session: AsyncSession) -> SignalWriteDriver:
    """Return a driver on ``session``."""
    return SignalWriteDriver(session)
