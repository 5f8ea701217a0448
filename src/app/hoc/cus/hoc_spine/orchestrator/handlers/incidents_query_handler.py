# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation incidents.query: lists, details, figures, patterns and learnings, as of a moment.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_schemas, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``incidents.query``: reads. Methods: list_incidents, list_active_incidents, list_resolved_incidents,
list_historical_incidents, get_incidents_for_run, get_incident_detail, get_incident_learnings, get_metrics,
analyze_cost_impact, get_historical_trend, get_historical_distribution, get_historical_cost_trend, detect_patterns,
analyze_recurrence, get_category_learnings, list_suppression_rules, list_prevention_records. Each answers
with a ``VersionedAnswer``.

Codes of its own: MISSING_CATEGORY, MISSING_INCIDENT_ID, MISSING_RUN_ID.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.hoc_spine.orchestrator.handlers.incident_answers import facade_on, versioned
from app.hoc.cus.hoc_spine.orchestrator.handlers.incident_figures import (
    analyze_cost_impact,
    analyze_recurrence,
    detect_patterns,
    get_category_learnings,
    get_historical_cost_trend,
    get_historical_distribution,
    get_historical_trend,
    get_metrics,
)
from app.hoc.cus.hoc_spine.orchestrator.handlers.incident_query_params import filters_of, page_of
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import dispatch
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.incidents.L5_schemas.incident_read_rows import VersionedAnswer
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError


class IncidentsQueryHandler:
    """Every method takes ``as_of`` (aware UTC). Lists take ``filters`` (severity, category, cause_type,
    lifecycle_state, is_synthetic, created_after, created_before, resolved_after, resolved_before) and ``page``
    (limit, offset, sort_by, sort_order), both by name.
    """

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            ctx,
            {
                "list_incidents": self._list_all,
                "list_active_incidents": self._list_active,
                "list_resolved_incidents": self._list_resolved,
                "list_historical_incidents": self._list_historical,
                "get_incidents_for_run": self._for_run,
                "get_incident_detail": self._detail,
                "get_incident_learnings": self._learnings,
                "get_metrics": get_metrics,
                "analyze_cost_impact": analyze_cost_impact,
                "get_historical_trend": get_historical_trend,
                "get_historical_distribution": get_historical_distribution,
                "get_historical_cost_trend": get_historical_cost_trend,
                "detect_patterns": detect_patterns,
                "analyze_recurrence": analyze_recurrence,
                "get_category_learnings": get_category_learnings,
                "list_suppression_rules": self._rules,
                "list_prevention_records": self._preventions,
            },
        )

    async def _list_all(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        page: Mapping[str, Any],
        filters: Mapping[str, Any] | None = None,
    ) -> VersionedAnswer:
        facade = facade_on(session)
        found = await facade.list_incidents(ctx.tenant_id, filters_of(filters), page_of(page), as_of=as_of)
        return await versioned(facade, ctx, as_of, found)

    async def _list_active(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        page: Mapping[str, Any],
        filters: Mapping[str, Any] | None = None,
    ) -> VersionedAnswer:
        facade = facade_on(session)
        found = await facade.list_active_incidents(
            ctx.tenant_id, filters_of(filters), page_of(page), as_of=as_of
        )
        return await versioned(facade, ctx, as_of, found)

    async def _list_resolved(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        page: Mapping[str, Any],
        filters: Mapping[str, Any] | None = None,
    ) -> VersionedAnswer:
        facade = facade_on(session)
        found = await facade.list_resolved_incidents(
            ctx.tenant_id, filters_of(filters), page_of(page), as_of=as_of
        )
        return await versioned(facade, ctx, as_of, found)

    async def _list_historical(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        page: Mapping[str, Any],
        filters: Mapping[str, Any] | None = None,
        retention_days: int = 30,
    ) -> VersionedAnswer:
        facade = facade_on(session)
        found = await facade.list_historical_incidents(
            ctx.tenant_id, filters_of(filters), page_of(page), retention_days=retention_days, as_of=as_of
        )
        return await versioned(facade, ctx, as_of, found)

    async def _for_run(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        page: Mapping[str, Any],
        run_id: str | None = None,
    ) -> VersionedAnswer:
        if not run_id:
            raise IncidentRefusedError("MISSING_RUN_ID", "Name the run: run_id is missing.")
        facade = facade_on(session)
        found = await facade.get_incidents_for_run(ctx.tenant_id, run_id, page_of(page), as_of=as_of)
        return await versioned(facade, ctx, as_of, found)

    async def _detail(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, incident_id: str | None = None
    ) -> VersionedAnswer:
        facade = facade_on(session)
        found = await facade.get_incident_detail(ctx.tenant_id, _incident_id(incident_id), as_of=as_of)
        return await versioned(facade, ctx, as_of, found)

    async def _learnings(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, incident_id: str | None = None
    ) -> VersionedAnswer:
        facade = facade_on(session)
        found = await facade.get_incident_learnings(ctx.tenant_id, _incident_id(incident_id), as_of=as_of)
        return await versioned(facade, ctx, as_of, found)

    async def _preventions(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        rule_id: str | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> VersionedAnswer:
        facade = facade_on(session)
        found = await facade.list_prevention_records(
            ctx.tenant_id, rule_id=rule_id, limit=limit, offset=offset, as_of=as_of
        )
        return await versioned(facade, ctx, as_of, found)

    async def _rules(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, include_ended: bool = False
    ) -> VersionedAnswer:
        facade = facade_on(session)
        found = await facade.list_suppression_rules(ctx.tenant_id, include_ended=include_ended, as_of=as_of)
        return await versioned(facade, ctx, as_of, found)


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("incidents.query", IncidentsQueryHandler())


def _incident_id(value: str | None) -> str:
    if not value:
        raise IncidentRefusedError("MISSING_INCIDENT_ID", "Name the incident: incident_id is missing.")
    return value
