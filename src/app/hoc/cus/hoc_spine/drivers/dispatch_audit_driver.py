# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Stores and reads the records of dispatches, and makes room for new ones; the only writer of its table.
# Callers: spine dispatch_audit, app.audit_cli
# Allowed Imports: L4, L7, sqlalchemy
# Forbidden Imports: L2
# Reads: dispatch_audit
# Writes: dispatch_audit
"""Queries on the dispatch audit; never commits."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.hoc_spine.orchestrator.dispatch_record import DispatchRecord
from app.models.dispatch_audit import DispatchAuditRecord


async def insert_dispatch_records(session: AsyncSession, records: Sequence[DispatchRecord]) -> None:
    """Store records in the order given."""
    await session.execute(insert(DispatchAuditRecord), [asdict(record) for record in records])


async def prune_dispatch_records(session: AsyncSession, keep: int) -> None:
    """Delete all but about the newest ``keep`` records: numbers that were never used count as records."""
    newest = await session.scalar(select(func.max(DispatchAuditRecord.id)))
    if newest is not None:
        await session.execute(delete(DispatchAuditRecord).where(DispatchAuditRecord.id <= newest - keep))


async def read_dispatch_records(
    session: AsyncSession, *, operation: str | None = None, tenant_id: str | None = None, limit: int = 100
) -> list[DispatchRecord]:
    """The newest records first, of one operation or tenant where named."""
    statement = select(DispatchAuditRecord)
    if operation is not None:
        statement = statement.where(DispatchAuditRecord.operation == operation)
    if tenant_id is not None:
        statement = statement.where(DispatchAuditRecord.tenant_id == tenant_id)
    rows = await session.scalars(statement.order_by(DispatchAuditRecord.id.desc()).limit(limit))
    return [
        DispatchRecord(
            dispatched_at=row.dispatched_at,
            operation=row.operation,
            method=row.method,
            tenant_id=row.tenant_id,
            actor_type=row.actor_type,
            actor_id=row.actor_id,
            request_id=row.request_id,
            success=row.success,
            error_code=row.error_code,
            duration_ms=row.duration_ms,
            governance_active=row.governance_active,
            authority_allowed=row.authority_allowed,
            authority_degraded=row.authority_degraded,
            authority_code=row.authority_code,
            authority_reason=row.authority_reason,
        )
        for row in rows
    ]
