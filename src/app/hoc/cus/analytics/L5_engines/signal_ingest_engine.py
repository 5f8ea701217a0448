# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Takes in batches of signals: nothing from the future, each id once.
# Callers: spine analytics_signals_handler
# Allowed Imports: L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Signal ingestion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.hoc.cus.analytics.L5_schemas.execution_signals import (
    AgentRunSignal,
    ExecutionSignal,
    IngestedSignals,
    WorkerRunSignal,
)
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.signal_write_driver import SignalWriteDriver


async def ingest_signals(
    driver: SignalWriteDriver,
    tenant_id: str,
    *,
    worker_runs: Sequence[WorkerRunSignal],
    llm_usage: Sequence[AgentRunSignal],
    executions: Sequence[ExecutionSignal],
    now: datetime,
) -> IngestedSignals:
    """Store a batch; a signal whose id is known counts as a duplicate and changes nothing.

    Raises:
        RequestRefusedError: INVALID_SIGNALS when one lies in the future; then none is stored.
    """
    batch: dict[str, Sequence[WorkerRunSignal | AgentRunSignal | ExecutionSignal]] = {
        "worker_runs": worker_runs,
        "llm_usage": llm_usage,
        "executions": executions,
    }
    for name, signals in batch.items():
        for index, signal in enumerate(signals):
            if signal.created_at > now:
                raise RequestRefusedError(
                    "INVALID_SIGNALS", f"{name}[{index}].created_at lies in the future."
                )
    results = [await driver.insert_worker_run(tenant_id, run) for run in worker_runs]
    results += [await driver.insert_agent_run(tenant_id, run) for run in llm_usage]
    results += [await driver.insert_execution(tenant_id, execution) for execution in executions]
    return IngestedSignals(accepted=results.count(True), duplicates=results.count(False))
