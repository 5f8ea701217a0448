# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads pattern feedback of a tenant as of a moment.
# Callers: L5 feedback_read_engine, spine analytics_feedback_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: pattern_feedback
# Writes: none
"""Feedback read driver."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.pattern_feedback import FeedbackFilters, FeedbackRow
from app.hoc.cus.analytics.L6_drivers.feedback_rows import to_feedback
from app.models.feedback import PatternFeedback


class FeedbackReadDriver:
    """Data of one tenant per call."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_feedback_list(
        self, tenant_id: str, filters: FeedbackFilters, *, as_of: datetime, limit: int, offset: int
    ) -> list[FeedbackRow]:
        """A page, newest first, ties by id."""
        rows = await self._session.scalars(
            select(PatternFeedback)
            .where(*_matching(tenant_id, filters, as_of))
            .order_by(PatternFeedback.detected_at.desc(), PatternFeedback.id)
            .limit(limit)
            .offset(offset)
        )
        return [to_feedback(row, as_of=as_of) for row in rows]

    async def fetch_feedback_by_id(
        self, tenant_id: str, feedback_id: uuid.UUID, *, as_of: datetime
    ) -> FeedbackRow | None:
        """The tenant's feedback of that id, or None."""
        row = await self._session.scalar(
            select(PatternFeedback)
            .where(*_matching(tenant_id, FeedbackFilters(), as_of), PatternFeedback.id == feedback_id)
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_feedback(row, as_of=as_of)

    async def fetch_feedback_stats(
        self, tenant_id: str, filters: FeedbackFilters, *, as_of: datetime
    ) -> dict[tuple[str, str, bool], int]:
        """How many there are per pattern type, severity and whether it was acknowledged at ``as_of``."""
        acknowledged = func.coalesce(PatternFeedback.acknowledged_at <= as_of, False).label("done")
        rows = await self._session.execute(
            select(
                PatternFeedback.pattern_type,
                PatternFeedback.severity,
                acknowledged,
                func.count().label("number"),
            )
            .where(*_matching(tenant_id, filters, as_of))
            .group_by(PatternFeedback.pattern_type, PatternFeedback.severity, "done")
        )
        return {(row.pattern_type, row.severity, bool(row.done)): row.number for row in rows}


def get_feedback_read_driver(session: AsyncSession) -> FeedbackReadDriver:
    """Return a driver on ``session``."""
    return FeedbackReadDriver(session)


def _matching(tenant_id: str, filters: FeedbackFilters, as_of: datetime) -> list[ColumnElement[bool]]:
    conditions = [PatternFeedback.tenant_id == tenant_id, PatternFeedback.detected_at <= as_of]
    if filters.pattern_type is not None:
        conditions.append(PatternFeedback.pattern_type == filters.pattern_type.value)
    if filters.severity is not None:
        conditions.append(PatternFeedback.severity == filters.severity.value)
    if filters.acknowledged is not None:
        done = func.coalesce(PatternFeedback.acknowledged_at <= as_of, False)
        conditions.append(done.is_(filters.acknowledged))
    return conditions
