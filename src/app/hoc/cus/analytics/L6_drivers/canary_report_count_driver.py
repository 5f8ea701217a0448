# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Counts the canary reports a query matches, for the total of a page.
# Callers: spine analytics_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: costsim_canary_reports
# Writes: none
"""The real total behind a page of canary reports.

A module of its own, because the interface of ``canary_report_driver`` is fixed at three functions and a
count carried on the rows would be lost on a page without rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.canary_report_row import CanaryReportFilters
from app.hoc.cus.analytics.L6_drivers.canary_report_predicates import matching_reports
from app.models.costsim import CostSimCanaryReport


async def count_canary_reports(session: AsyncSession, tenant_id: str, filters: Mapping[str, Any]) -> int:
    """How many reports ``query_canary_reports`` would find with the same filters if it did not page.

    Raises ``CanaryFilterError`` for unknown or malformed filters.
    """
    conditions = matching_reports(tenant_id, CanaryReportFilters.parse(filters))
    counted = await session.scalar(select(func.count()).select_from(CostSimCanaryReport).where(*conditions))
    return counted or 0
