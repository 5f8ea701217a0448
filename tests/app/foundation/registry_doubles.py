"""Handlers, audits and invariants that remember what the registry did with them."""

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from app.hoc.cus.hoc_spine.authority.business_invariants import (
    BusinessInvariant,
    InvariantCall,
    InvariantSeverity,
    Violation,
)
from app.hoc.cus.hoc_spine.orchestrator.dispatch_record import DispatchRecord
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationResult,
)
from app.infra.metrics import ServiceMetrics

REFUSED = Violation("CONFLICT", "Not now.")


class Recorder:
    """A handler that remembers its calls."""

    def __init__(self) -> None:
        self.calls: list[OperationContext] = []

    async def execute(self, ctx: OperationContext) -> OperationResult:
        self.calls.append(ctx)
        return OperationResult.ok(dict(ctx.params))


class Raising:
    async def execute(self, ctx: OperationContext) -> OperationResult:
        raise ValueError("SELECT secret FROM vault")


class KeptAudit:
    """An audit in memory."""

    def __init__(self) -> None:
        self.records: list[DispatchRecord] = []
        self.flushes = 0

    def enqueue(self, record: DispatchRecord) -> None:
        self.records.append(record)

    async def flush(self) -> None:
        self.flushes += 1

    def flush_soon(self) -> None:
        self.flushes += 1

    async def close(self) -> None:
        await self.flush()


def context(**params: Any) -> OperationContext:
    return OperationContext(None, "acme", params, actor_id="alice", actor_type="user")


def invariant(
    *,
    id: str = "BI-1",
    severity: InvariantSeverity = InvariantSeverity.MEDIUM,
    violation: Violation | None = REFUSED,
    methods: frozenset[str] = frozenset({"act"}),
) -> BusinessInvariant:
    async def check(call: InvariantCall) -> Violation | None:
        return violation

    return BusinessInvariant(id, severity, "op", methods, check)


def samples(metrics: ServiceMetrics, name: str) -> dict[tuple[str, ...], float]:
    """Values by the values of the labels, in the order of the labels' names."""
    return {
        tuple(sample.labels[label] for label in sorted(sample.labels)): sample.value
        for family in text_string_to_metric_families(metrics.render())
        for sample in family.samples
        if sample.name == name
    }
