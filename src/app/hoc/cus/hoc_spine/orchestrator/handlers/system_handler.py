# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operations about the service itself: does it live, can it serve, what has it measured.
# Callers: app.hoc.cus.hoc_spine.orchestrator.bootstrap
# Allowed Imports: L4, alembic, app.infra, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""Operations about the service itself: ``system.health``, ``system.ready`` and ``system.metrics``."""

import asyncio
import logging
from dataclasses import dataclass

from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.hoc.cus.hoc_spine.drivers.event_cursor_driver import measure_backlog
from app.hoc.cus.hoc_spine.orchestrator.event_relay import EventRelay
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.infra.metrics import CONTENT_TYPE, ServiceMetrics
from app.infra.time import utc_now

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 5.0


@dataclass(frozen=True)
class ServiceProbe:
    """What the service is asked about: its metrics, its relay and the revision its code needs; the latter two
    are absent where nothing is served.
    """

    metrics: ServiceMetrics
    relay: EventRelay | None = None
    schema_head: str | None = None


class HealthHandler:
    """``system.health``: ``{"status": "ok"}`` as long as the process can answer at all."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Answer."""
        return OperationResult.ok({"status": "ok"})


class ReadyHandler:
    """``system.ready``: the code ``UNAVAILABLE`` unless the database answers, its schema is the one the code
    needs, and the relay lives; else ``{"status": "ready"}``.
    """

    def __init__(self, probe: ServiceProbe) -> None:
        self._probe = probe

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Ask the database and the relay."""
        if ctx.session is None:
            return OperationResult.fail("Readiness needs a session.", "MISSING_SESSION")
        problems = [*await self._schema(ctx.session), *self._relay()]
        if problems:
            return OperationResult.fail(f"Not ready: {'; '.join(problems)}.", "UNAVAILABLE")
        return OperationResult.ok({"status": "ready"})

    async def _schema(self, session: AsyncSession) -> list[str]:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                revision = await session.run_sync(_revision)
        except Exception:  # whatever keeps the database from answering makes the service unavailable
            logger.exception("The database does not answer")
            return ["the database does not answer"]
        return [] if revision == self._probe.schema_head else ["the database is not migrated"]

    def _relay(self) -> list[str]:
        relay = self._probe.relay
        return [] if relay is not None and relay.is_alive() else ["events are not being published"]


class MetricsHandler:
    """``system.metrics``: ``{"text", "content_type"}`` for Prometheus. What waits in the outbox is measured now;
    without a database everything else is still told.
    """

    def __init__(self, probe: ServiceProbe) -> None:
        self._probe = probe

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Measure and render."""
        if ctx.session is None:
            return OperationResult.fail("Metrics need a session.", "MISSING_SESSION")
        metrics = self._probe.metrics
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._measure_outbox(ctx.session)
            metrics.database_answered(True)
        except Exception:
            logger.exception("The outbox cannot be measured")
            metrics.database_answered(False)
        return OperationResult.ok({"text": metrics.render(), "content_type": CONTENT_TYPE})

    async def _measure_outbox(self, session: AsyncSession) -> None:
        for consumer in self._probe.relay.consumers if self._probe.relay is not None else ():
            backlog = await measure_backlog(session, consumer.name)
            waiting = 0.0 if backlog.oldest is None else (utc_now() - backlog.oldest).total_seconds()
            self._probe.metrics.outbox_measured(
                consumer.name, backlog=backlog.events, oldest_seconds=max(0.0, waiting)
            )


def register(registry: OperationRegistry, probe: ServiceProbe) -> None:
    """Register the operations of this module."""
    registry.register("system.health", HealthHandler())
    registry.register("system.ready", ReadyHandler(probe))
    registry.register("system.metrics", MetricsHandler(probe))


def _revision(session: Session) -> str | None:
    return MigrationContext.configure(session.connection()).get_current_revision()
