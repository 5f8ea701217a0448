# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Answers every question about incidents as of a moment, with the version of the data it rests on.
# Callers: L5 incident_export_engine, spine {incidents_query_handler, incident_answers,
#          incidents_export_handler}
# Allowed Imports: L5_engines, L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The read side of the incidents domain.

Every method takes ``as_of``. The past is reconstructed from the timeline: state, severity, counts, costs,
acknowledgement, resolution and the link to the postmortem are those of the latest timeline entry not after
``as_of``; what never changes (title, category, cause, source, trigger, signature) is read from the row; evidence
and postmortems are those that existed. Windows end at ``as_of``, and retention is counted back from it.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from app.hoc.cus.incidents.L5_engines import incident_statistics_engine as statistics
from app.hoc.cus.incidents.L5_engines.incident_category_learning_engine import draw_category_learnings
from app.hoc.cus.incidents.L5_engines.incident_learning_engine import SIMILAR_INCIDENTS, draw_learnings
from app.hoc.cus.incidents.L5_engines.incident_pattern_engine import (
    SPIKE_WINDOW,
    analyze_recurrence,
    detect_patterns,
)
from app.hoc.cus.incidents.L5_schemas.incident_learning_results import CategoryLearnings, LearningsResult
from app.hoc.cus.incidents.L5_schemas.incident_pattern_results import PatternResult, RecurrenceResult
from app.hoc.cus.incidents.L5_schemas.incident_read_query import IncidentFilters, PageRequest, Topic
from app.hoc.cus.incidents.L5_schemas.incident_read_rows import IncidentDetail, IncidentPage, PreventionPage
from app.hoc.cus.incidents.L5_schemas.incident_records import SuppressionRule
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_statistics_results import (
    CostImpactResult,
    CostTrendResult,
    DistributionResult,
    Granularity,
    IncidentFact,
    IncidentMetricsResult,
    TrendResult,
    Window,
)
from app.hoc.cus.incidents.L6_drivers.incident_prevention_read_driver import IncidentPreventionReadDriver
from app.hoc.cus.incidents.L6_drivers.incident_read_driver import IncidentReadDriver
from app.hoc.cus.incidents.L6_drivers.incident_statistics_read_driver import IncidentStatisticsReadDriver

MAX_PAGE = 100


class IncidentsFacade:
    """Reads through three drivers on one session; data of one tenant per call."""

    def __init__(
        self,
        reads: IncidentReadDriver,
        facts: IncidentStatisticsReadDriver,
        preventions: IncidentPreventionReadDriver,
    ) -> None:
        self._reads = reads
        self._facts = facts
        self._preventions = preventions

    async def data_version(self, tenant_id: str, *, as_of: datetime) -> str:
        """The number of timeline entries at ``as_of``, as text: equal questions about an equal moment at an
        equal version have equal answers.
        """
        return str(await self._reads.fetch_data_version(tenant_id, as_of=as_of))

    async def list_incidents(
        self, tenant_id: str, filters: IncidentFilters, page: PageRequest, *, as_of: datetime
    ) -> IncidentPage:
        """A page of all incidents that match. Raises ``IncidentRefusedError`` INVALID_PARAMS for a page that
        cannot be served.
        """
        return await self._list(tenant_id, filters, page, {}, as_of)

    async def list_active_incidents(
        self, tenant_id: str, filters: IncidentFilters, page: PageRequest, *, as_of: datetime
    ) -> IncidentPage:
        """A page of those that still call for somebody: active, acknowledged or reopened."""
        return await self._list_topic(tenant_id, Topic.ACTIVE, filters, page, {}, as_of)

    async def list_resolved_incidents(
        self, tenant_id: str, filters: IncidentFilters, page: PageRequest, *, as_of: datetime
    ) -> IncidentPage:
        """A page of those that were resolved at ``as_of``, also when they have been reopened since."""
        return await self._list_topic(tenant_id, Topic.RESOLVED, filters, page, {}, as_of)

    async def list_historical_incidents(
        self,
        tenant_id: str,
        filters: IncidentFilters,
        page: PageRequest,
        *,
        retention_days: int,
        as_of: datetime,
    ) -> IncidentPage:
        """A page of those that were resolved more than ``retention_days`` before ``as_of``."""
        _require_range("retention_days", retention_days, 7, 365)
        cutoff = as_of - timedelta(days=retention_days)
        return await self._list_topic(
            tenant_id,
            Topic.RESOLVED,
            replace(filters, resolved_earlier_than=cutoff),
            page,
            {"retention_days": retention_days},
            as_of,
        )

    async def get_incidents_for_run(
        self, tenant_id: str, run_id: str, page: PageRequest, *, as_of: datetime
    ) -> IncidentPage:
        """A page of the incidents a run has caused."""
        return await self._list(tenant_id, IncidentFilters(source_run_id=run_id), page, {}, as_of)

    async def get_incident_detail(
        self, tenant_id: str, incident_id: str, *, as_of: datetime
    ) -> IncidentDetail:
        """An incident with timeline, evidence and postmortems. Raises ``IncidentRefusedError`` NOT_FOUND, also
        for another tenant's and for one that was opened later.
        """
        incident = await self._incident(tenant_id, incident_id, as_of)
        timeline = await self._reads.fetch_timeline(tenant_id, incident_id, as_of=as_of)
        evidence = await self._reads.fetch_evidence(tenant_id, incident_id, as_of=as_of)
        postmortems = await self._reads.fetch_postmortems(tenant_id, incident_id, as_of=as_of)
        return IncidentDetail(incident, tuple(timeline), tuple(evidence), tuple(postmortems))

    async def get_incident_learnings(
        self, tenant_id: str, incident_id: str, *, as_of: datetime
    ) -> LearningsResult:
        """What is known about an incident and about resolved ones like it. Raises like
        ``get_incident_detail``.
        """
        incident = await self._incident(tenant_id, incident_id, as_of)
        similar = await self._reads.fetch_similar_resolved(
            tenant_id, incident, SIMILAR_INCIDENTS, as_of=as_of
        )
        evidence = await self._reads.fetch_evidence(tenant_id, incident_id, as_of=as_of)
        attempts = await self._reads.count_recovery_attempts(
            tenant_id, [incident_id, *(other.id for other in similar)], as_of=as_of
        )
        return draw_learnings(incident, len(evidence), similar, attempts)

    async def get_category_learnings(
        self, tenant_id: str, category: str, *, baseline_days: int, as_of: datetime
    ) -> CategoryLearnings:
        """What the incidents of a category opened in the last days have in common."""
        window, facts = await self._window(tenant_id, "baseline_days", baseline_days, 1, 90, as_of)
        return draw_category_learnings(facts, category, window)

    async def get_metrics(
        self, tenant_id: str, *, window_days: int, as_of: datetime
    ) -> IncidentMetricsResult:
        """Counts and durations over the incidents opened in the last days."""
        window, facts = await self._window(tenant_id, "window_days", window_days, 1, 90, as_of)
        return statistics.compute_metrics(facts, window)

    async def analyze_cost_impact(
        self, tenant_id: str, *, baseline_days: int, limit: int, as_of: datetime
    ) -> CostImpactResult:
        """What the incidents opened in the last days cost, by category and way of resolution."""
        _require_range("limit", limit, 1, 50)
        window, facts = await self._window(tenant_id, "baseline_days", baseline_days, 1, 90, as_of)
        return statistics.compute_cost_impact(facts, window, limit)

    async def get_historical_trend(
        self, tenant_id: str, *, window_days: int, granularity: Granularity, as_of: datetime
    ) -> TrendResult:
        """Openings and resolutions per day, week or month."""
        window, facts = await self._window(tenant_id, "window_days", window_days, 7, 365, as_of)
        return statistics.compute_trend(facts, window, granularity)

    async def get_historical_distribution(
        self, tenant_id: str, *, window_days: int, as_of: datetime
    ) -> DistributionResult:
        """Shares by category, severity and cause."""
        window, facts = await self._window(tenant_id, "window_days", window_days, 7, 365, as_of)
        return statistics.compute_distribution(facts, window)

    async def get_historical_cost_trend(
        self, tenant_id: str, *, window_days: int, granularity: Granularity, as_of: datetime
    ) -> CostTrendResult:
        """Recorded costs per day, week or month."""
        window, facts = await self._window(tenant_id, "window_days", window_days, 7, 365, as_of)
        return statistics.compute_cost_trend(facts, window, granularity)

    async def detect_patterns(
        self, tenant_id: str, *, window_hours: int, limit: int, as_of: datetime
    ) -> PatternResult:
        """Clusters, bursts and cascades among the incidents opened in the last hours."""
        _require_range("window_hours", window_hours, 1, 168)
        _require_range("limit", limit, 1, 50)
        since = as_of - max(timedelta(hours=window_hours), SPIKE_WINDOW)
        facts = await self._facts.fetch_facts(tenant_id, since, as_of=as_of)
        return detect_patterns(facts, as_of=as_of, window_hours=window_hours, limit=limit)

    async def analyze_recurrence(
        self, tenant_id: str, *, baseline_days: int, recurrence_threshold: int, limit: int, as_of: datetime
    ) -> RecurrenceResult:
        """Groups of incidents of one category that were resolved in one way, again and again."""
        _require_range("recurrence_threshold", recurrence_threshold, 2, 100)
        _require_range("limit", limit, 1, 50)
        window, facts = await self._window(tenant_id, "baseline_days", baseline_days, 1, 90, as_of)
        return analyze_recurrence(facts, window, threshold=recurrence_threshold, limit=limit)

    async def list_suppression_rules(
        self, tenant_id: str, *, include_ended: bool, as_of: datetime
    ) -> tuple[SuppressionRule, ...]:
        """The rules in force, newest first; with ``include_ended`` also those that were revoked or had expired."""
        rules = await self._preventions.fetch_suppression_rules(
            tenant_id, include_ended=include_ended, as_of=as_of
        )
        return tuple(rules)

    async def list_prevention_records(
        self, tenant_id: str, *, rule_id: str | None, limit: int, offset: int, as_of: datetime
    ) -> PreventionPage:
        """A page of what rules have prevented, newest first; of one rule if one is named. Raises
        ``IncidentRefusedError`` INVALID_PARAMS for a page that cannot be served.
        """
        _require_page(limit, offset)
        items, total = await self._preventions.fetch_prevention_records(
            tenant_id, rule_id=rule_id, limit=limit, offset=offset, as_of=as_of
        )
        return PreventionPage(tuple(items), total)

    async def _list_topic(
        self,
        tenant_id: str,
        topic: Topic,
        filters: IncidentFilters,
        page: PageRequest,
        echoed: dict[str, Any],
        as_of: datetime,
    ) -> IncidentPage:
        states = filters.states or topic.states
        outside = sorted(state.value for state in set(states) - set(topic.states))
        if outside:
            raise IncidentRefusedError(
                "INVALID_PARAMS", f"{', '.join(outside)} is no state of {topic.value.lower()} incidents."
            )
        return await self._list(
            tenant_id, replace(filters, states=states), page, {"topic": topic.value, **echoed}, as_of
        )

    async def _list(
        self,
        tenant_id: str,
        filters: IncidentFilters,
        page: PageRequest,
        echoed: dict[str, Any],
        as_of: datetime,
    ) -> IncidentPage:
        _require_page(page.limit, page.offset)
        items, total = await self._reads.fetch_page(tenant_id, filters, page, as_of=as_of)
        applied = {name: value for name, value in asdict(filters).items() if value not in (None, ())}
        return IncidentPage(tuple(items), total, echoed | applied)

    async def _incident(self, tenant_id: str, incident_id: str, as_of: datetime) -> IncidentRow:
        incident = await self._reads.fetch_incident(tenant_id, incident_id, as_of=as_of)
        if incident is None:
            raise IncidentRefusedError("NOT_FOUND", "There is no such incident.")
        return incident

    async def _window(
        self, tenant_id: str, name: str, days: int, least: int, most: int, as_of: datetime
    ) -> tuple[Window, list[IncidentFact]]:
        _require_range(name, days, least, most)
        window = statistics.window_before(as_of, days)
        return window, await self._facts.fetch_facts(tenant_id, window.start, as_of=as_of)


def get_incidents_facade(
    reads: IncidentReadDriver,
    facts: IncidentStatisticsReadDriver,
    preventions: IncidentPreventionReadDriver,
) -> IncidentsFacade:
    """Return a facade on three drivers."""
    return IncidentsFacade(reads, facts, preventions)


def _require_page(limit: int, offset: int) -> None:
    _require_range("limit", limit, 1, MAX_PAGE)
    _require_range("offset", offset, 0, 2**31 - 1)


def _require_range(name: str, value: int, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise IncidentRefusedError("INVALID_PARAMS", f"{name} must be a whole number from {least} to {most}.")
