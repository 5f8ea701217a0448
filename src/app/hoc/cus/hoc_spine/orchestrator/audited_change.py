# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Enters a change that a call made into the audit ledger, in the transaction of the change.
# Callers: spine analytics_cost_write_handler, analytics_detection_handler, analytics_feedback_handler
# Allowed Imports: L4, sqlalchemy
# Forbidden Imports: L2
"""The audit of changes that handlers make through asynchronous sessions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.hoc.cus.hoc_spine.drivers.audit_ledger_driver import AuditEntry, get_audit_ledger_driver
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext


async def audit_change(
    session: AsyncSession,
    ctx: OperationContext,
    event_type: str,
    *,
    entity_type: str,
    entity_id: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    reason: str | None = None,
) -> AuditEntry:
    """Store who changed what in the caller's transaction: actor and moment are the call's.

    Raises ``AuditEntryError`` and what the database raises; both end the transaction, and with it the change.
    """

    def append(sync_session: Session) -> AuditEntry:
        return get_audit_ledger_driver(sync_session).append(
            tenant_id=ctx.tenant_id,
            event_type=event_type,
            entity_type=entity_type,
            entity_id=entity_id,
            actor_type=ctx.actor_type,
            actor_id=ctx.actor_id,
            before_state=before,
            after_state=after,
            recorded_at=datetime.fromisoformat(ctx.timestamp),
            reason=reason,
        )

    return await session.run_sync(append)
