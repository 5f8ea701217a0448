# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: The conditions that select a tenant's canary reports, shared by listing and counting them.
# Callers: L6 canary_report_driver, canary_report_count_driver
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: costsim_canary_reports
# Writes: none
"""Selection of canary reports: one definition, so that a page and its total never disagree."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from app.hoc.cus.analytics.L5_schemas.canary_report_row import CanaryReportFilters
from app.models.costsim import CostSimCanaryReport


def matching_reports(tenant_id: str, filters: CanaryReportFilters) -> list[ColumnElement[bool]]:
    """SQL conditions for the reports of ``tenant_id`` that fit ``filters``; paging is not among them."""
    conditions: list[ColumnElement[bool]] = [CostSimCanaryReport.tenant_id == tenant_id]
    if filters.status is not None:
        conditions.append(CostSimCanaryReport.status == filters.status.value)
    if filters.passed is not None:
        conditions.append(CostSimCanaryReport.passed.is_(filters.passed))
    if filters.start is not None:
        conditions.append(CostSimCanaryReport.timestamp >= filters.start)
    if filters.end is not None:
        conditions.append(CostSimCanaryReport.timestamp <= filters.end)
    if filters.as_of is not None:
        conditions.append(CostSimCanaryReport.created_at <= filters.as_of)
    return conditions
