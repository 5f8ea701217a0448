# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Owns the sessions and transactions of provenance, and the life of the process's provenance logger.
# Callers: app.lifecycle, spine costsim_provenance_handler
# Allowed Imports: L4, L5_engines, L5_schemas, L6, app.db, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""Owns the sessions and transactions of provenance, and the life of the process's provenance logger."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import get_async_session
from app.hoc.cus.analytics.L5_engines.provenance import (
    ProvenanceLogger,
    ProvenanceRefusedError,
    set_provenance_logger,
)
from app.hoc.cus.analytics.L5_engines.provenance_spool import ProvenanceSpool
from app.hoc.cus.analytics.L5_schemas.provenance_record import InvalidProvenanceError, ProvenanceRecord
from app.hoc.cus.analytics.L6_drivers.leader import LOCK_BASELINE_BACKFILL, LeaderContext
from app.hoc.cus.analytics.L6_drivers.provenance_async import (
    backfill_v1_baseline,
    query_provenance,
    write_provenance_batch,
)
from app.hoc.cus.hoc_spine.orchestrator.coordinators.canary_coordinator import load_costsim_config
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction


class DatabaseProvenanceSink:
    """Writes each batch in a transaction of its own, apart from the operations that cause the records."""

    async def write(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Store and commit all records, or none. Raises ``ProvenanceRefusedError`` for data that can never
        be stored and what the database raises otherwise.
        """
        try:
            async with get_async_session() as session, transaction(session):
                await write_provenance_batch(records, session)
        except (InvalidProvenanceError, IntegrityError, DataError) as error:
            raise ProvenanceRefusedError(repr(error)) from error

    async def read(
        self,
        *,
        tenant_id: str,
        start_date: datetime | None,
        end_date: datetime | None,
        input_hash: str | None,
        status: str | None,
        limit: int,
    ) -> list[ProvenanceRecord]:
        """Return a tenant's stored records, newest first."""
        async with get_async_session(read_only=True) as session:
            return await query_provenance(
                tenant_id,
                input_hash=input_hash,
                start_date=start_date,
                end_date=end_date,
                limit=limit,
                session=session,
                status=status,
            )


@asynccontextmanager
async def open_provenance() -> AsyncIterator[ProvenanceLogger | None]:
    """Open the process's provenance logger, flush it on a timer, and flush it for the last time at the end.

    Yields None where provenance is switched off. Raises ``SettingsError`` for malformed settings.
    """
    config = load_costsim_config()
    if not config.provenance_enabled:
        yield None
        return
    provenance = ProvenanceLogger(DatabaseProvenanceSink(), ProvenanceSpool(config.provenance_dir), config)
    set_provenance_logger(provenance)
    provenance.start()
    try:
        yield provenance
    finally:
        set_provenance_logger(None)
        await provenance.close()


async def backfill_baseline(
    session: AsyncSession, tenant_id: str, records: Sequence[Mapping[str, Any]]
) -> dict[str, int] | None:
    """Record V1 costs of a tenant's past in one transaction; None while another backfill is running."""
    async with LeaderContext(LOCK_BASELINE_BACKFILL) as leader:
        if not leader:
            return None
        async with transaction(session):
            return await backfill_v1_baseline(
                [{**record, "tenant_id": tenant_id} for record in records], session=session
            )
