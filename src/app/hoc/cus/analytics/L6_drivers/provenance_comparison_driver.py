# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads the stored costs of both models side by side, without the plans, for divergence reports.
# Callers: spine costsim_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: costsim_provenance
# Writes: none
"""Cost comparisons: the records of variant ``v2`` that have both costs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.provenance_record import CostComparison, ProvenanceFilters
from app.hoc.cus.analytics.L6_drivers.provenance_driver import matching_provenance
from app.models.costsim_cb import CostSimProvenanceModel as Row


class CostComparisonDriver:
    """Reads on the session it is made with."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_comparisons(
        self, tenant_id: str, *, start: datetime, end: datetime, as_of: datetime, limit: int
    ) -> list[CostComparison]:
        """The newest ``limit`` comparisons of a tenant between ``start`` and ``end`` (inclusive) as known
        at ``as_of``, newest first (ties by id, highest first).
        """
        rows = await self._session.execute(
            select(
                Row.id,
                Row.tenant_id,
                Row.created_at,
                Row.input_hash,
                Row.v1_cost,
                Row.v2_cost,
                Row.drift_score,
                Row.verdict,
            )
            .where(*_comparable(tenant_id, start, end, as_of))
            .order_by(Row.created_at.desc(), Row.id.desc())
            .limit(limit)
        )
        return [
            CostComparison(id_, tenant, created_at, digest, v1_cost, v2_cost, drift_score, verdict)
            for id_, tenant, created_at, digest, v1_cost, v2_cost, drift_score, verdict in rows
            if v1_cost is not None and v2_cost is not None
        ]

    async def count_comparisons(
        self, tenant_id: str, *, start: datetime, end: datetime, as_of: datetime
    ) -> int:
        """How many comparisons there are."""
        counted = await self._session.scalar(
            select(func.count()).select_from(Row).where(*_comparable(tenant_id, start, end, as_of))
        )
        return counted or 0


def _comparable(tenant_id: str, start: datetime, end: datetime, as_of: datetime) -> list[ColumnElement[bool]]:
    filters = ProvenanceFilters(tenant_id, variant_slug="v2", start_date=start, end_date=end, as_of=as_of)
    return [*matching_provenance(filters), Row.cost_delta.is_not(None)]
