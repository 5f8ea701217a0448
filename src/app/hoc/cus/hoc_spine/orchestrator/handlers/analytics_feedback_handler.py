# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.feedback: read pattern feedback, acknowledge it.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: analytics.FeedbackAcknowledged
"""``analytics.feedback``. Methods: list_feedback, get_feedback, get_feedback_stats, acknowledge_feedback.

Codes of its own: MISSING_FEEDBACK_ID, INVALID_FORMAT.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.feedback_read_engine import (
    FeedbackReadEngine,
    get_feedback_read_engine,
)
from app.hoc.cus.analytics.L5_schemas.pattern_feedback import FeedbackFilters, FeedbackSeverity, PatternType
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.feedback_acknowledge_driver import get_feedback_acknowledge_driver
from app.hoc.cus.analytics.L6_drivers.feedback_read_driver import get_feedback_read_driver
from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import append_event
from app.hoc.cus.hoc_spine.orchestrator.audited_change import audit_change
from app.hoc.cus.hoc_spine.orchestrator.events import new_event
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import (
    dispatch,
    operation_time,
    optional_choice,
)
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction


class AnalyticsFeedbackHandler:
    """Reads take ``as_of`` (aware UTC); ids are UUIDs or their text."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            ctx,
            {
                "list_feedback": self._list,
                "get_feedback": self._get,
                "get_feedback_stats": self._stats,
                "acknowledge_feedback": self._acknowledge,
            },
        )

    async def _list(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        pattern_type: str | None = None,
        severity: str | None = None,
        acknowledged: bool | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Any:
        filters = FeedbackFilters(
            pattern_type=optional_choice(PatternType, pattern_type, "pattern_type"),
            severity=optional_choice(FeedbackSeverity, severity, "severity"),
            acknowledged=acknowledged,
        )
        return await _engine(session).list_feedback(
            ctx.tenant_id, filters, as_of=as_of, limit=limit, offset=offset
        )

    async def _get(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        feedback_id: uuid.UUID | str | None = None,
    ) -> Any:
        return await _engine(session).get_feedback(ctx.tenant_id, _uuid(feedback_id), as_of=as_of)

    async def _stats(self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime) -> Any:
        return await _engine(session).get_feedback_stats(ctx.tenant_id, as_of=as_of)

    async def _acknowledge(
        self, ctx: OperationContext, session: AsyncSession, *, feedback_id: uuid.UUID | str | None = None
    ) -> Any:
        async with transaction(session):
            feedback = await _engine(session).acknowledge_feedback(
                get_feedback_acknowledge_driver(session),
                ctx.tenant_id,
                _uuid(feedback_id),
                actor=ctx.actor_id,
                now=operation_time(ctx),
            )
            event = new_event(
                "analytics.FeedbackAcknowledged",
                ctx,
                decision_owner="analytics",
                feedback_id=str(feedback.id),
                pattern_type=feedback.pattern_type.value,
            )
            await audit_change(
                session,
                ctx,
                "analytics.FeedbackAcknowledged",
                entity_type="pattern_feedback",
                entity_id=str(feedback.id),
                before={"acknowledged": False},
                after={"acknowledged": True},
            )
            await append_event(session, event)
        return feedback


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("analytics.feedback", AnalyticsFeedbackHandler())


def _engine(session: AsyncSession) -> FeedbackReadEngine:
    return get_feedback_read_engine(get_feedback_read_driver(session))


def _uuid(value: uuid.UUID | str | None) -> uuid.UUID:
    if value is None:
        raise RequestRefusedError("MISSING_FEEDBACK_ID", "Name the feedback: feedback_id is missing.")
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    except ValueError:
        raise RequestRefusedError("INVALID_FORMAT", "feedback_id is not a UUID.") from None
