# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation incidents.write: open incidents and lead them through their life, one transaction per call.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, app.infra, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``incidents.write``. Methods: create_incident, record_trigger, acknowledge_incident, resolve_incident,
manual_close_incident, reopen_incident, reactivate_incident, resolve_stale_incidents, add_evidence,
create_suppression_rule, revoke_suppression_rule.

Codes of its own: NOT_FOUND, also for another tenant's incident; CONFLICT for a step the state does not allow;
INVALID_PARAMS, INVALID_POSTMORTEM.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.hoc_spine.orchestrator.coordinators.incident_work import in_transaction
from app.hoc.cus.hoc_spine.orchestrator.handlers.incident_rule_methods import (
    create_suppression_rule,
    revoke_suppression_rule,
)
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import choice, dispatch, operation_time
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.incidents.L5_engines.incident_aggregator import AggregatorConfig, Trigger
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, NewIncident
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import (
    CauseType,
    EvidenceType,
    IncidentSeverity,
    ResolutionMethod,
    ResolutionType,
    SourceType,
)

# What the system itself opens incidents from; a caller cannot claim to be it.
_CALLERS_SOURCES = frozenset({SourceType.MANUAL, SourceType.RUN, SourceType.POLICY, SourceType.KILLSWITCH})
_LARGEST_CENTS = Decimal(10) ** 11


class IncidentsWriteHandler:
    """Writes of the caller's tenant, by the caller, at the moment of the call. Answers hold ``IncidentRow``."""

    def __init__(self, aggregator_config: AggregatorConfig | None = None) -> None:
        self._aggregator_config = aggregator_config

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            ctx,
            {
                "create_incident": self._create,
                "record_trigger": self._trigger,
                "acknowledge_incident": self._acknowledge,
                "resolve_incident": self._resolve,
                "manual_close_incident": self._close,
                "reopen_incident": self._reopen,
                "reactivate_incident": self._reactivate,
                "resolve_stale_incidents": self._resolve_stale,
                "add_evidence": self._add_evidence,
                "create_suppression_rule": create_suppression_rule,
                "revoke_suppression_rule": revoke_suppression_rule,
            },
        )

    async def _create(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        title: str,
        severity: str,
        category: str,
        description: str = "",
        cause_type: str = "HUMAN",
        source_type: str = "manual",
        source_ref: str | None = None,
        trigger_type: str = "manual",
        trigger_value: str = "",
        impact_scope: str = "tenant",
        affected_agent_id: str | None = None,
        affected_count: int = 1,
        cost_delta_cents: Decimal = Decimal(0),
        error_code: str | None = None,
        error_message: str | None = None,
        source_run_id: str | None = None,
        is_synthetic: bool = False,
    ) -> Any:
        """Gives ``OpenedIncident``; a ``source_ref`` that has an incident gets that one again."""
        source = choice(SourceType, source_type, "source_type")
        if source not in _CALLERS_SOURCES:
            known = ", ".join(sorted(allowed.value for allowed in _CALLERS_SOURCES))
            raise IncidentRefusedError("INVALID_PARAMS", f"source_type must be one of {known}.")
        _check_cents(cost_delta_cents)
        new = NewIncident(
            tenant_id=ctx.tenant_id,
            title=title,
            description=description,
            severity=choice(IncidentSeverity, severity, "severity"),
            category=category,
            cause_type=choice(CauseType, cause_type, "cause_type"),
            source_type=source,
            source_ref=source_ref,
            trigger_type=trigger_type,
            trigger_value=trigger_value,
            impact_scope=impact_scope,
            affected_agent_id=affected_agent_id,
            affected_count=affected_count,
            cost_delta_cents=cost_delta_cents,
            error_code=error_code,
            error_message=error_message,
            source_run_id=source_run_id,
            is_synthetic=is_synthetic,
        )
        return await in_transaction(
            session,
            lambda work: work.opening.open_incident(new, actor=_actor(ctx), now=operation_time(ctx)),
        )

    async def _trigger(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        trigger_type: str,
        trigger_value: str = "",
        call_id: str | None = None,
        cost_delta_cents: Decimal = Decimal(0),
        auto_action: str | None = None,
    ) -> Any:
        """Gives ``OpenedIncident``: the incident the trigger belongs to."""
        _check_cents(cost_delta_cents)
        trigger = Trigger(ctx.tenant_id, trigger_type, trigger_value, call_id, cost_delta_cents, auto_action)
        return await in_transaction(
            session,
            lambda work: work.aggregator.get_or_create_incident(
                trigger, actor=_actor(ctx), now=operation_time(ctx)
            ),
            self._aggregator_config,
        )

    async def _acknowledge(
        self, ctx: OperationContext, session: AsyncSession, *, incident_id: str, reason: str | None = None
    ) -> Any:
        return await in_transaction(
            session,
            lambda work: work.service.acknowledge_incident(
                ctx.tenant_id, incident_id, actor=_actor(ctx), now=operation_time(ctx), reason=reason
            ),
        )

    async def _resolve(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        incident_id: str,
        resolution_type: str,
        resolution_summary: str,
        resolution_method: str = "manual",
        resolution_notes: str | None = None,
        postmortem_artifact_id: str | None = None,
        reason: str | None = None,
    ) -> Any:
        kind = choice(ResolutionType, resolution_type, "resolution_type")
        method = choice(ResolutionMethod, resolution_method, "resolution_method")
        return await in_transaction(
            session,
            lambda work: work.service.resolve_incident(
                ctx.tenant_id,
                incident_id,
                actor=_actor(ctx),
                now=operation_time(ctx),
                resolution_type=kind,
                resolution_summary=resolution_summary,
                resolution_method=method,
                resolution_notes=resolution_notes,
                postmortem_artifact_id=postmortem_artifact_id,
                reason=reason,
            ),
        )

    async def _close(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        incident_id: str,
        reason: str,
        resolution_type: str = "no_longer_relevant",
    ) -> Any:
        kind = choice(ResolutionType, resolution_type, "resolution_type")
        return await in_transaction(
            session,
            lambda work: work.service.manual_close_incident(
                ctx.tenant_id,
                incident_id,
                actor=_actor(ctx),
                now=operation_time(ctx),
                reason=reason,
                resolution_type=kind,
            ),
        )

    async def _reopen(
        self, ctx: OperationContext, session: AsyncSession, *, incident_id: str, reason: str
    ) -> Any:
        return await in_transaction(
            session,
            lambda work: work.service.reopen_incident(
                ctx.tenant_id, incident_id, actor=_actor(ctx), now=operation_time(ctx), reason=reason
            ),
        )

    async def _reactivate(
        self, ctx: OperationContext, session: AsyncSession, *, incident_id: str, reason: str | None = None
    ) -> Any:
        return await in_transaction(
            session,
            lambda work: work.service.reactivate_incident(
                ctx.tenant_id, incident_id, actor=_actor(ctx), now=operation_time(ctx), reason=reason
            ),
        )

    async def _resolve_stale(self, ctx: OperationContext, session: AsyncSession, *, limit: int = 100) -> Any:
        """Gives ``{"incidents", "count"}``: what it has resolved, at most ``limit`` (1..1000)."""
        if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= 1000:
            raise IncidentRefusedError("INVALID_PARAMS", "limit must be an integer from 1 to 1000.")
        resolved = await in_transaction(
            session,
            lambda work: work.automatic.resolve_stale_incidents(
                ctx.tenant_id, now=operation_time(ctx), limit=limit
            ),
        )
        return {"incidents": resolved, "count": len(resolved)}

    async def _add_evidence(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        incident_id: str,
        evidence_type: str,
        payload: Mapping[str, Any],
        recovery_executed: bool = False,
    ) -> Any:
        """Gives ``EvidenceRow``."""
        kind = choice(EvidenceType, evidence_type, "evidence_type")
        return await in_transaction(
            session,
            lambda work: work.service.add_evidence(
                ctx.tenant_id,
                incident_id,
                actor=_actor(ctx),
                now=operation_time(ctx),
                evidence_type=kind,
                payload=payload,
                recovery_executed=recovery_executed,
            ),
        )


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("incidents.write", IncidentsWriteHandler())


def _actor(ctx: OperationContext) -> Actor:
    return Actor(ctx.actor_id, ctx.actor_type)


def _check_cents(amount: Decimal) -> None:
    """Raise unless an amount can be added up many times and still be stored exactly."""
    fits = isinstance(amount, Decimal) and amount.is_finite() and abs(amount) < _LARGEST_CENTS
    if not fits or amount != amount.quantize(Decimal("0.000001")):
        raise IncidentRefusedError(
            "INVALID_PARAMS", "cost_delta_cents must be an exact amount below 10**11 with at most six places."
        )
