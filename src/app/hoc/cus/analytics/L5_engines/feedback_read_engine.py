# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Reads pattern feedback as of a moment, and acknowledges it.
# Callers: spine analytics_feedback_handler
# Allowed Imports: L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Feedback reads."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime

from app.hoc.cus.analytics.L5_schemas.pattern_feedback import (
    FeedbackFilters,
    FeedbackPage,
    FeedbackRow,
    FeedbackStats,
)
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.feedback_acknowledge_driver import FeedbackAcknowledgeDriver
from app.hoc.cus.analytics.L6_drivers.feedback_read_driver import FeedbackReadDriver


class FeedbackReadEngine:
    """Reads through one driver, for one tenant per call."""

    def __init__(self, driver: FeedbackReadDriver) -> None:
        self._driver = driver

    async def list_feedback(
        self, tenant_id: str, filters: FeedbackFilters, *, as_of: datetime, limit: int, offset: int
    ) -> FeedbackPage:
        """A page, newest first; the counts are over all that match."""
        stats = await self._stats(tenant_id, filters, as_of)
        items = await self._driver.fetch_feedback_list(
            tenant_id, filters, as_of=as_of, limit=limit, offset=offset
        )
        return FeedbackPage(tuple(items), stats.total, stats.by_type, stats.by_severity)

    async def get_feedback(self, tenant_id: str, feedback_id: uuid.UUID, *, as_of: datetime) -> FeedbackRow:
        """One feedback. Raises ``RequestRefusedError`` NOT_FOUND, also for another tenant's."""
        row = await self._driver.fetch_feedback_by_id(tenant_id, feedback_id, as_of=as_of)
        if row is None:
            raise RequestRefusedError("NOT_FOUND", "There is no such feedback.")
        return row

    async def get_feedback_stats(self, tenant_id: str, *, as_of: datetime) -> FeedbackStats:
        """Counts over everything known at ``as_of``."""
        return await self._stats(tenant_id, FeedbackFilters(), as_of)

    async def acknowledge_feedback(
        self,
        writer: FeedbackAcknowledgeDriver,
        tenant_id: str,
        feedback_id: uuid.UUID,
        *,
        actor: str,
        now: datetime,
    ) -> FeedbackRow:
        """Note that someone has seen it. Raises ``RequestRefusedError`` NOT_FOUND, or CONFLICT when someone
        has before.
        """
        await self.get_feedback(tenant_id, feedback_id, as_of=now)
        if not await writer.acknowledge(tenant_id, feedback_id, actor=actor, at=now):
            raise RequestRefusedError("CONFLICT", "This feedback is acknowledged already.")
        return await self.get_feedback(tenant_id, feedback_id, as_of=now)

    async def _stats(self, tenant_id: str, filters: FeedbackFilters, as_of: datetime) -> FeedbackStats:
        counts = await self._driver.fetch_feedback_stats(tenant_id, filters, as_of=as_of)
        by_type: Counter[str] = Counter()
        by_severity: Counter[str] = Counter()
        acknowledged = 0
        for (pattern_type, severity, done), count in sorted(counts.items()):
            by_type[pattern_type] += count
            by_severity[severity] += count
            acknowledged += count if done else 0
        total = by_type.total()
        return FeedbackStats(total, acknowledged, total - acknowledged, dict(by_type), dict(by_severity))


def get_feedback_read_engine(driver: FeedbackReadDriver) -> FeedbackReadEngine:
    """Return an engine on a driver."""
    return FeedbackReadEngine(driver)
