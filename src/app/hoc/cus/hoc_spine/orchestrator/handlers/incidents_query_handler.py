# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation incidents.query: lists, details, figures, patterns and learnings, as of a moment.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
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

from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import choice, dispatch, optional_choice
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.incidents.L5_engines.incidents_facade import IncidentsFacade, get_incidents_facade
from app.hoc.cus.incidents.L5_schemas.incident_read_query import (
    IncidentFilters,
    PageRequest,
    SortKey,
    SortOrder,
)
from app.hoc.cus.incidents.L5_schemas.incident_read_rows import VersionedAnswer
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_statistics_results import Granularity
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import CauseType, IncidentSeverity, LifecycleState
from app.hoc.cus.incidents.L6_drivers.incident_prevention_read_driver import (
    get_incident_prevention_read_driver,
)
from app.hoc.cus.incidents.L6_drivers.incident_read_driver import get_incident_read_driver
from app.hoc.cus.incidents.L6_drivers.incident_statistics_read_driver import (
    get_incident_statistics_read_driver,
)


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
                "get_metrics": self._metrics,
                "analyze_cost_impact": self._cost_impact,
                "get_historical_trend": self._trend,
                "get_historical_distribution": self._distribution,
                "get_historical_cost_trend": self._cost_trend,
                "detect_patterns": self._patterns,
                "analyze_recurrence": self._recurrence,
                "get_category_learnings": self._category_learnings,
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
        facade = _facade(session)
        found = await facade.list_incidents(ctx.tenant_id, _filters(filters), _page(page), as_of=as_of)
        return await _versioned(facade, ctx, as_of, found)

    async def _list_active(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        page: Mapping[str, Any],
        filters: Mapping[str, Any] | None = None,
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.list_active_incidents(ctx.tenant_id, _filters(filters), _page(page), as_of=as_of)
        return await _versioned(facade, ctx, as_of, found)

    async def _list_resolved(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        page: Mapping[str, Any],
        filters: Mapping[str, Any] | None = None,
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.list_resolved_incidents(
            ctx.tenant_id, _filters(filters), _page(page), as_of=as_of
        )
        return await _versioned(facade, ctx, as_of, found)

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
        facade = _facade(session)
        found = await facade.list_historical_incidents(
            ctx.tenant_id, _filters(filters), _page(page), retention_days=retention_days, as_of=as_of
        )
        return await _versioned(facade, ctx, as_of, found)

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
        facade = _facade(session)
        found = await facade.get_incidents_for_run(ctx.tenant_id, run_id, _page(page), as_of=as_of)
        return await _versioned(facade, ctx, as_of, found)

    async def _detail(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, incident_id: str | None = None
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.get_incident_detail(ctx.tenant_id, _incident_id(incident_id), as_of=as_of)
        return await _versioned(facade, ctx, as_of, found)

    async def _learnings(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, incident_id: str | None = None
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.get_incident_learnings(ctx.tenant_id, _incident_id(incident_id), as_of=as_of)
        return await _versioned(facade, ctx, as_of, found)

    async def _metrics(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, window_days: int = 30
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.get_metrics(ctx.tenant_id, window_days=window_days, as_of=as_of)
        return await _versioned(facade, ctx, as_of, found)

    async def _cost_impact(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        baseline_days: int = 30,
        limit: int = 20,
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.analyze_cost_impact(
            ctx.tenant_id, baseline_days=baseline_days, limit=limit, as_of=as_of
        )
        return await _versioned(facade, ctx, as_of, found)

    async def _trend(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        window_days: int = 90,
        granularity: str = "week",
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.get_historical_trend(
            ctx.tenant_id, window_days=window_days, granularity=_granularity(granularity), as_of=as_of
        )
        return await _versioned(facade, ctx, as_of, found)

    async def _distribution(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, window_days: int = 90
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.get_historical_distribution(ctx.tenant_id, window_days=window_days, as_of=as_of)
        return await _versioned(facade, ctx, as_of, found)

    async def _cost_trend(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        window_days: int = 90,
        granularity: str = "week",
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.get_historical_cost_trend(
            ctx.tenant_id, window_days=window_days, granularity=_granularity(granularity), as_of=as_of
        )
        return await _versioned(facade, ctx, as_of, found)

    async def _patterns(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        window_hours: int = 24,
        limit: int = 10,
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.detect_patterns(
            ctx.tenant_id, window_hours=window_hours, limit=limit, as_of=as_of
        )
        return await _versioned(facade, ctx, as_of, found)

    async def _recurrence(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        baseline_days: int = 30,
        recurrence_threshold: int = 3,
        limit: int = 20,
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.analyze_recurrence(
            ctx.tenant_id,
            baseline_days=baseline_days,
            recurrence_threshold=recurrence_threshold,
            limit=limit,
            as_of=as_of,
        )
        return await _versioned(facade, ctx, as_of, found)

    async def _category_learnings(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        category: str | None = None,
        baseline_days: int = 30,
    ) -> VersionedAnswer:
        if not category:
            raise IncidentRefusedError("MISSING_CATEGORY", "Name the category: category is missing.")
        facade = _facade(session)
        found = await facade.get_category_learnings(
            ctx.tenant_id, category, baseline_days=baseline_days, as_of=as_of
        )
        return await _versioned(facade, ctx, as_of, found)

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
        facade = _facade(session)
        found = await facade.list_prevention_records(
            ctx.tenant_id, rule_id=rule_id, limit=limit, offset=offset, as_of=as_of
        )
        return await _versioned(facade, ctx, as_of, found)

    async def _rules(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, include_ended: bool = False
    ) -> VersionedAnswer:
        facade = _facade(session)
        found = await facade.list_suppression_rules(ctx.tenant_id, include_ended=include_ended, as_of=as_of)
        return await _versioned(facade, ctx, as_of, found)


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("incidents.query", IncidentsQueryHandler())


def _facade(session: AsyncSession) -> IncidentsFacade:
    return get_incidents_facade(
        get_incident_read_driver(session),
        get_incident_statistics_read_driver(session),
        get_incident_prevention_read_driver(session),
    )


async def _versioned(
    facade: IncidentsFacade, ctx: OperationContext, as_of: datetime, answer: Any
) -> VersionedAnswer:
    return VersionedAnswer(answer, await facade.data_version(ctx.tenant_id, as_of=as_of))


def _incident_id(value: str | None) -> str:
    if not value:
        raise IncidentRefusedError("MISSING_INCIDENT_ID", "Name the incident: incident_id is missing.")
    return value


def _granularity(value: str) -> Granularity:
    try:
        return Granularity(value)
    except ValueError:
        known = ", ".join(member.value for member in Granularity)
        raise IncidentRefusedError("INVALID_GRANULARITY", f"granularity must be one of {known}.") from None


def _page(values: Mapping[str, Any]) -> PageRequest:
    known: dict[str, Any] = {"limit": 20, "offset": 0, "sort_by": "created_at", "sort_order": "desc"}
    known |= _known(values, tuple(known))
    return PageRequest(
        limit=known["limit"],
        offset=known["offset"],
        sort_by=choice(SortKey, known["sort_by"], "sort_by"),
        sort_order=choice(SortOrder, known["sort_order"], "sort_order"),
    )


def _filters(values: Mapping[str, Any] | None) -> IncidentFilters:
    moments = ("created_after", "created_before", "resolved_after", "resolved_before")
    words = ("severity", "category", "cause_type", "lifecycle_state", "is_synthetic")
    known = dict.fromkeys((*words, *moments)) | _known(values or {}, (*words, *moments))
    for name in moments:
        moment = known[name]
        if moment is not None and (not isinstance(moment, datetime) or moment.tzinfo is None):
            raise IncidentRefusedError("INVALID_PARAMS", f"{name} must be a moment with a time zone.")
    state = optional_choice(LifecycleState, known["lifecycle_state"], "lifecycle_state")
    return IncidentFilters(
        states=() if state is None else (state,),
        severity=optional_choice(IncidentSeverity, known["severity"], "severity"),
        category=known["category"],
        cause_type=optional_choice(CauseType, known["cause_type"], "cause_type"),
        is_synthetic=known["is_synthetic"],
        **{name: known[name] for name in moments},
    )


def _known(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise IncidentRefusedError(
            "INVALID_PARAMS", f"Unknown: {', '.join(unknown)}; known are {', '.join(names)}."
        )
    return dict(values)
