# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.costsim.provenance: the recorded simulations of a tenant, and the backfill of its past.
# Callers: spine costsim_handler
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``analytics.costsim.provenance``. Codes for the caller's mistakes: UNKNOWN_METHOD, NOT_FOUND, CONFLICT,
INVALID_PARAMS.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.provenance import ProvenanceLog
from app.hoc.cus.analytics.L5_schemas.provenance_record import InvalidProvenanceError
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.provenance_async import (
    count_provenance,
    get_drift_stats,
    query_provenance,
)
from app.hoc.cus.hoc_spine.orchestrator.coordinators.provenance_coordinator import backfill_baseline
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import dispatch
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext, OperationResult


class CostsimProvenanceHandler:
    """``analytics.costsim.provenance``: the recorded simulations of the caller's tenant.

    ``list`` gives ``{"records", "total"}``, ``get`` one record with what went in and came out, ``stats`` the
    drift statistics; all three take ``as_of``. ``backfill`` takes ``records`` (payload, cost, run_id).
    """

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        try:
            return await dispatch(
                ctx,
                {
                    "list": self._list,
                    "get": self._get,
                    "stats": self._stats,
                    "backfill": self._backfill,
                },
            )
        except InvalidProvenanceError as error:
            return OperationResult.fail(f"{error}.", "INVALID_PARAMS")

    async def _list(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        variant_slug: str | None = None,
        source: str | None = None,
        status: str | None = None,
        run_id: str | None = None,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> dict[str, Any]:
        records = await query_provenance(
            ctx.tenant_id,
            variant_slug,
            source,
            None,
            start_date,
            end_date,
            limit,
            offset,
            session=session,
            status=status,
            run_id=run_id,
            as_of=as_of,
        )
        total = await count_provenance(
            ctx.tenant_id,
            variant_slug,
            start_date,
            end_date,
            session=session,
            source=source,
            status=status,
            run_id=run_id,
            as_of=as_of,
        )
        return {"records": records, "total": total}

    async def _get(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        input_hash: str,
        variant_slug: str | None = None,
    ) -> dict[str, Any]:
        found = await query_provenance(
            ctx.tenant_id, variant_slug, input_hash=input_hash, limit=1, session=session, as_of=as_of
        )
        if not found:
            raise RequestRefusedError("NOT_FOUND", "No simulation with this input hash is recorded.")
        record = found[0]
        if record.payload is None or "compressed" not in record.payload:
            return {"record": record, "input": record.payload, "output": None}
        entry = ProvenanceLog.from_record(record)
        return {
            "record": record,
            "input": entry.get_decompressed_input(),
            "output": entry.get_decompressed_output(),
        }

    async def _stats(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
    ) -> Any:
        return await get_drift_stats(
            start_date, end_date, tenant_id=ctx.tenant_id, session=session, as_of=as_of
        )

    async def _backfill(
        self, ctx: OperationContext, session: AsyncSession, *, records: Sequence[Mapping[str, Any]]
    ) -> dict[str, int]:
        counts = await backfill_baseline(session, ctx.tenant_id, records)
        if counts is None:
            raise RequestRefusedError("CONFLICT", "Another backfill is running; try again when it is done.")
        return counts
