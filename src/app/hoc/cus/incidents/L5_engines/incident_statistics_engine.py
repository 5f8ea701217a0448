# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Computes metrics, cost impact, trends and distributions from facts about incidents.
# Callers: L5 {incidents_facade, incident_category_learning_engine, incident_export_engine,
#          incident_learning_engine}
# Allowed Imports: L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Figures about incidents: pure functions of facts and a window. Nothing is assumed that no row says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from app.hoc.cus.incidents.L5_schemas.incident_statistics_results import (
    CostImpactResult,
    CostImpactSummary,
    CostTrendPoint,
    CostTrendResult,
    DistributionResult,
    DistributionShare,
    Granularity,
    IncidentFact,
    IncidentMetricsResult,
    TrendPoint,
    TrendResult,
    Window,
)

_CENT = Decimal("0.01")
_MICROSECOND = timedelta(microseconds=1)
_NO_COST = "No incident of the window has a recorded cost."
_NOTHING_RESOLVED = "No incident of the window is resolved."
_NOTHING_ACKNOWLEDGED = "No incident of the window has been acknowledged."
_NO_CONTAINMENT = "When an incident was contained is not recorded."
_NO_TARGET = "No resolution target is configured to measure against."


def window_before(as_of: datetime, days: int) -> Window:
    """The ``days`` times 24 hours up to ``as_of``."""
    return Window(days, as_of - timedelta(days=days), as_of)


def compute_metrics(facts: Sequence[IncidentFact], window: Window) -> IncidentMetricsResult:
    """Counts and durations over the incidents opened in the window."""
    counted = [fact for fact in facts if opened_in(fact, window)]
    states = Counter(fact.lifecycle_state for fact in counted)
    severities = Counter(fact.severity for fact in counted)
    acknowledged = [f.acknowledged_at - f.created_at for f in counted if f.acknowledged_at is not None]
    resolved = _resolution_times(counted)
    unavailable = {
        "avg_containment_ms": _NO_CONTAINMENT,
        "median_containment_ms": _NO_CONTAINMENT,
        "sla_met_count": _NO_TARGET,
        "sla_breached_count": _NO_TARGET,
        "sla_compliance_rate": _NO_TARGET,
    }
    if not acknowledged:
        unavailable |= dict.fromkeys(
            ("avg_acknowledgement_ms", "median_acknowledgement_ms"), _NOTHING_ACKNOWLEDGED
        )
    if not resolved:
        unavailable |= dict.fromkeys(("avg_resolution_ms", "median_resolution_ms"), _NOTHING_RESOLVED)
    return IncidentMetricsResult(
        window=window,
        active_count=states.total() - states["RESOLVED"],
        acked_count=states["ACKED"],
        reopened_count=states["REOPENED"],
        resolved_count=states["RESOLVED"],
        total_count=states.total(),
        critical_count=severities["critical"],
        high_count=severities["high"],
        medium_count=severities["medium"],
        low_count=severities["low"],
        avg_acknowledgement_ms=_mean_ms(acknowledged),
        median_acknowledgement_ms=_median_ms(acknowledged),
        avg_resolution_ms=_mean_ms(resolved),
        median_resolution_ms=_median_ms(resolved),
        unavailable=dict(sorted(unavailable.items())),
    )


def compute_cost_impact(facts: Sequence[IncidentFact], window: Window, limit: int) -> CostImpactResult:
    """Costs of the incidents opened in the window; at most ``limit`` groups are shown."""
    counted = [fact for fact in facts if opened_in(fact, window)]
    groups: dict[tuple[str, str | None], list[Decimal]] = defaultdict(list)
    for fact in counted:
        if fact.cost_impact is not None:
            groups[fact.category, fact.resolution_method].append(fact.cost_impact)
    summaries = [
        CostImpactSummary(category, method, len(costs), _total(costs), _mean_cost(costs))
        for (category, method), costs in groups.items()
    ]
    summaries.sort(key=lambda s: (-s.total_cost_impact, s.category, s.resolution_method or ""))
    priced = sum(map(len, groups.values()))
    return CostImpactResult(
        window=window,
        summaries=tuple(summaries[:limit]),
        group_count=len(summaries),
        total_cost_impact=_total(s.total_cost_impact for s in summaries) if summaries else None,
        without_cost_count=len(counted) - priced,
        unavailable={} if summaries else {"total_cost_impact": _NO_COST},
    )


def compute_trend(facts: Sequence[IncidentFact], window: Window, granularity: Granularity) -> TrendResult:
    """Openings and resolutions per period; a resolution counts where it happened."""
    opened = Counter(_period(f.created_at, granularity) for f in facts if opened_in(f, window))
    resolved: dict[date, list[timedelta]] = defaultdict(list)
    for fact in facts:
        if fact.resolved_at is not None and window.start < fact.resolved_at <= window.end:
            resolved[_period(fact.resolved_at, granularity)].append(fact.resolved_at - fact.created_at)
    points = [
        TrendPoint(period.isoformat(), opened[period], len(resolved[period]), _mean_ms(resolved[period]))
        for period in _periods(window, granularity)
    ]
    return TrendResult(window, granularity, tuple(points), opened.total())


def compute_cost_trend(
    facts: Sequence[IncidentFact], window: Window, granularity: Granularity
) -> CostTrendResult:
    """Recorded costs per period of opening."""
    costs: dict[date, list[Decimal]] = defaultdict(list)
    for fact in facts:
        if fact.cost_impact is not None and opened_in(fact, window):
            costs[_period(fact.created_at, granularity)].append(fact.cost_impact)
    everything = [cost for group in costs.values() for cost in group]
    points = [
        CostTrendPoint(
            period.isoformat(),
            len(costs[period]),
            _total(costs[period]) if costs[period] else None,
            _mean_cost(costs[period]) if costs[period] else None,
        )
        for period in _periods(window, granularity)
    ]
    return CostTrendResult(
        window,
        granularity,
        tuple(points),
        _total(everything) if everything else None,
        {} if everything else {"total_cost": _NO_COST},
    )


def compute_distribution(facts: Sequence[IncidentFact], window: Window) -> DistributionResult:
    """Shares of the incidents opened in the window."""
    counted = [fact for fact in facts if opened_in(fact, window)]
    return DistributionResult(
        window=window,
        by_category=_shares("category", (fact.category for fact in counted)),
        by_severity=_shares("severity", (fact.severity for fact in counted)),
        by_cause_type=_shares("cause_type", (fact.cause_type for fact in counted)),
        total_incidents=len(counted),
    )


def opened_in(fact: IncidentFact, window: Window) -> bool:
    """Whether the incident was opened in the window."""
    return window.start < fact.created_at <= window.end


def milliseconds(duration: timedelta) -> int:
    """Whole milliseconds, rounded half up."""
    return _divide(duration // _MICROSECOND, 1000)


def _resolution_times(facts: Iterable[IncidentFact]) -> list[timedelta]:
    return [fact.resolved_at - fact.created_at for fact in facts if fact.resolved_at is not None]


def _mean_ms(durations: Sequence[timedelta]) -> int | None:
    if not durations:
        return None
    total = sum(duration // _MICROSECOND for duration in durations)
    return _divide(total, 1000 * len(durations))


def _median_ms(durations: Sequence[timedelta]) -> int | None:
    if not durations:
        return None
    ordered = sorted(duration // _MICROSECOND for duration in durations)
    middle = len(ordered) // 2
    return _divide(ordered[middle] + ordered[~middle], 2000)


def _divide(number: int, by: int) -> int:
    """Integer division, rounded half up: no binary fraction on the way."""
    return (2 * number + by) // (2 * by)


def _total(costs: Iterable[Decimal]) -> Decimal:
    return sum(costs, Decimal(0))


def _mean_cost(costs: Sequence[Decimal]) -> Decimal:
    return (_total(costs) / len(costs)).quantize(_CENT, ROUND_HALF_EVEN)


def _shares(dimension: str, values: Iterable[str]) -> tuple[DistributionShare, ...]:
    counts = Counter(values)
    total = counts.total()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        DistributionShare(
            dimension, value, count, (Decimal(100 * count) / total).quantize(_CENT, ROUND_HALF_UP)
        )
        for value, count in ordered
    )


def _period(moment: datetime, granularity: Granularity) -> date:
    day = moment.astimezone(UTC).date()
    if granularity is Granularity.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if granularity is Granularity.MONTH else day


def _periods(window: Window, granularity: Granularity) -> Iterator[date]:
    period, last = _period(window.start, granularity), _period(window.end, granularity)
    step = timedelta(days={Granularity.DAY: 1, Granularity.WEEK: 7, Granularity.MONTH: 31}[granularity])
    while period <= last:
        yield period
        following = period + step
        period = following.replace(day=1) if granularity is Granularity.MONTH else following
