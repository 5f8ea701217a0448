# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Writes and reads the index of canary reports (table costsim_canary_reports).
# Callers: L5 canary_engine, spine analytics_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: costsim_canary_reports
# Writes: costsim_canary_reports
"""Canary report driver: every call is scoped to one tenant, returns domain objects and leaves the
transaction alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.canary_report import CanaryReport, CanarySource, CanaryStatus
from app.hoc.cus.analytics.L5_schemas.canary_report_row import CanaryReportFilters, CanaryReportRow
from app.hoc.cus.analytics.L6_drivers.canary_report_predicates import matching_reports
from app.models.costsim import CostSimCanaryReport


async def write_canary_report(session: AsyncSession, report: CanaryReport) -> str:
    """Insert a report and flush; returns its run id. A run id the tenant already has raises
    ``IntegrityError``.
    """
    row = CostSimCanaryReport(
        tenant_id=report.tenant_id,
        run_id=report.run_id,
        timestamp=report.timestamp,
        status=report.status.value,
        passed=report.passed,
        source=report.source.value,
        total_samples=report.total_samples,
        matching_samples=report.matching_samples,
        minor_drift_samples=report.minor_drift_samples,
        major_drift_samples=report.major_drift_samples,
        errored_samples=report.errored_samples,
        outlier_count=report.outlier_count,
        median_cost_diff=report.median_cost_diff,
        p90_cost_diff=report.p90_cost_diff,
        kl_divergence=report.kl_divergence,
        failure_reasons=list(report.failure_reasons),
        golden_comparison=None if report.golden_comparison is None else dict(report.golden_comparison),
        artifact_paths=list(report.artifact_paths),
        artifact_manifest=dict(report.artifact_manifest),
        artifact_count=len(report.artifact_paths),
        artifacts_required=report.artifacts_required,
    )
    session.add(row)
    await session.flush()
    return report.run_id


async def query_canary_reports(
    session: AsyncSession, tenant_id: str, filters: Mapping[str, Any]
) -> list[CanaryReportRow]:
    """Reports of a tenant, newest first (ties by id, highest first).

    ``filters``: status, passed, start, end and as_of (inclusive, time zone required), limit (default 10, clamped
    to 1..100), offset (default 0). Raises ``CanaryFilterError`` for unknown or malformed ones.
    """
    wanted = CanaryReportFilters.parse(filters)
    statement = (
        select(CostSimCanaryReport)
        .where(*matching_reports(tenant_id, wanted))
        .order_by(CostSimCanaryReport.timestamp.desc(), CostSimCanaryReport.id.desc())
        .limit(wanted.limit)
        .offset(wanted.offset)
    )
    return [_to_domain(row) for row in await session.scalars(statement)]


async def get_canary_report_by_run_id(
    session: AsyncSession, tenant_id: str, run_id: str
) -> CanaryReportRow | None:
    """The tenant's report of one run, or None."""
    row = await session.scalar(
        select(CostSimCanaryReport).where(
            CostSimCanaryReport.tenant_id == tenant_id, CostSimCanaryReport.run_id == run_id
        )
    )
    return None if row is None else _to_domain(row)


def _to_domain(row: CostSimCanaryReport) -> CanaryReportRow:
    return CanaryReportRow(
        id=row.id,
        tenant_id=row.tenant_id,
        run_id=row.run_id,
        timestamp=row.timestamp,
        status=CanaryStatus(row.status),
        source=None if row.source is None else CanarySource(row.source),
        total_samples=row.total_samples,
        matching_samples=row.matching_samples,
        minor_drift_samples=row.minor_drift_samples,
        major_drift_samples=row.major_drift_samples,
        median_cost_diff=row.median_cost_diff,
        p90_cost_diff=row.p90_cost_diff,
        kl_divergence=row.kl_divergence,
        errored_samples=row.errored_samples,
        outlier_count=row.outlier_count,
        passed=row.passed,
        failure_reasons=tuple(row.failure_reasons),
        artifact_paths=tuple(row.artifact_paths),
        artifact_manifest=dict(row.artifact_manifest or {}),
        artifacts_required=row.artifacts_required,
        golden_comparison=row.golden_comparison,
        created_at=row.created_at,
    )
