# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: The methods of incidents.write about suppression rules: create and revoke, one transaction each.
# Callers: spine incidents_write_handler
# Allowed Imports: L4, L5_schemas, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""Suppression rules as methods of ``incidents.write``; both give ``SuppressionRule``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.hoc_spine.orchestrator.coordinators.incident_work import IncidentWork, in_transaction
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import operation_time
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext
from app.hoc.cus.incidents.L5_schemas.incident_records import SuppressionRule
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor


async def create_suppression_rule(
    ctx: OperationContext,
    session: AsyncSession,
    *,
    category: str,
    reason: str,
    trigger_type: str | None = None,
    expires_at: datetime | None = None,
) -> SuppressionRule:
    """Incidents of this category, and of this trigger if one is named, call nobody from now on."""
    actor, now = Actor(ctx.actor_id, ctx.actor_type), operation_time(ctx)

    def create(work: IncidentWork) -> SuppressionRule:
        rule = work.suppression.create_rule(
            ctx.tenant_id,
            category=category,
            trigger_type=trigger_type,
            reason=reason,
            expires_at=expires_at,
            actor=actor,
            now=now,
        )
        work.announce_rule(rule, actor, now)
        return rule

    return await in_transaction(session, create)


async def revoke_suppression_rule(
    ctx: OperationContext, session: AsyncSession, *, rule_id: str
) -> SuppressionRule:
    """The rule ends now."""
    actor, now = Actor(ctx.actor_id, ctx.actor_type), operation_time(ctx)

    def revoke(work: IncidentWork) -> SuppressionRule:
        rule = work.suppression.revoke_rule(ctx.tenant_id, rule_id, actor=actor, now=now)
        work.announce_rule(rule, actor, now)
        return rule

    return await in_transaction(session, revoke)
