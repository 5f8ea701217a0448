# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operations about the service itself: is it able to serve.
# Callers: app.hoc.cus.hoc_spine.orchestrator.bootstrap
# Allowed Imports: L4, sqlalchemy
# Forbidden Imports: L2
"""Operations about the service itself: is it able to serve."""

import logging

from sqlalchemy import text

from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)

logger = logging.getLogger(__name__)


class HealthHandler:
    """``system.health``: ``{"status": "ok"}`` when the database answers, else the code ``UNAVAILABLE``."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Ask the database."""
        if ctx.session is None:
            return OperationResult.fail("Health needs a session.", "MISSING_SESSION")
        try:
            await ctx.session.execute(text("SELECT 1"))
        except Exception:  # whatever keeps the database from answering makes the service unavailable
            logger.exception("The database does not answer")
            return OperationResult.fail("The database does not answer.", "UNAVAILABLE")
        return OperationResult.ok({"status": "ok"})


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("system.health", HealthHandler())
