# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Signals a tenant's platform reports: ended worker runs, language model runs, executions.
# Callers: L5 signal_ingest_engine, L6 signal_write_driver, spine analytics_signals_handler
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Signals as they come in. Ids are the tenant's own; times are when it happened, aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum


class RunOutcome(str, Enum):
    """How a worker run ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    CRASHED = "crashed"


class ExecutionOutcome(str, Enum):
    """How an execution ended."""

    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True)
class WorkerRunSignal:
    """An ended worker run."""

    id: str
    worker_id: str
    task: str
    status: RunOutcome
    created_at: datetime
    error: str | None = None
    total_tokens: int | None = None
    cost_cents: Decimal | None = None
    attempt: int = 1
    is_retry: bool = False


@dataclass(frozen=True)
class AgentRunSignal:
    """A finished language model run."""

    id: str
    created_at: datetime
    trace_id: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True)
class ExecutionSignal:
    """A finished execution."""

    id: str
    status: ExecutionOutcome
    created_at: datetime
    trace_id: str | None = None


@dataclass(frozen=True)
class IngestedSignals:
    """What became of a batch: stored, or known before by id (the first report counts)."""

    accepted: int
    duplicates: int
