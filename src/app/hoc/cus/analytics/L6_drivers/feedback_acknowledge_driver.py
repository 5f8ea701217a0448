# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Marks pattern feedback as acknowledged, once.
# Callers: L5 feedback_read_engine, spine analytics_feedback_handler
# Allowed Imports: L7, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: none
# Writes: pattern_feedback
"""Feedback acknowledgement driver; apart from reading, so that the read driver stays one."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.feedback import PatternFeedback


class FeedbackAcknowledgeDriver:
    """Data of one tenant per call; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def acknowledge(self, tenant_id: str, feedback_id: uuid.UUID, *, actor: str, at: datetime) -> bool:
        """Acknowledge feedback that is not; False when there is none such."""
        changed = await self._session.execute(
            update(PatternFeedback)
            .where(
                PatternFeedback.tenant_id == tenant_id,
                PatternFeedback.id == feedback_id,
                PatternFeedback.acknowledged.is_(False),
            )
            .values(acknowledged=True, acknowledged_at=at, acknowledged_by=actor)
            .execution_options(synchronize_session=False)
        )
        return cast("CursorResult[Any]", changed).rowcount == 1


def get_feedback_acknowledge_driver(session: AsyncSession) -> FeedbackAcknowledgeDriver:
    """Return a driver on ``session``."""
    return FeedbackAcknowledgeDriver(session)
