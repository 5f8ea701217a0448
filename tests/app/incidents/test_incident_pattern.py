"""Figures, patterns, recurrence and learnings: by example where a number is agreed, by brute force where it is
computed.
"""

import itertools
import statistics as stdlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from incident_read_history import START, opened

from app.hoc.cus.incidents.L5_engines.incident_learning_engine import draw_learnings
from app.hoc.cus.incidents.L5_engines.incident_pattern_engine import analyze_recurrence, detect_patterns
from app.hoc.cus.incidents.L5_engines.incident_statistics_engine import (
    compute_cost_impact,
    compute_cost_trend,
    compute_distribution,
    compute_metrics,
    compute_trend,
    milliseconds,
    window_before,
)
from app.hoc.cus.incidents.L5_schemas.incident_statistics_results import Granularity, IncidentFact
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import ResolutionMethod

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
MOMENTS = st.integers(-60 * 24 * 40, 0).map(lambda minutes: NOW + timedelta(minutes=minutes))
CENTS = st.integers(0, 10**6).map(lambda cents: Decimal(cents) / 100)


@st.composite
def facts(draw: st.DrawFn) -> list[IncidentFact]:
    """Incidents of 40 days, some acknowledged, some resolved."""
    made = []
    for number in range(draw(st.integers(0, 12))):
        created = draw(MOMENTS)
        taken = draw(st.none() | st.timedeltas(timedelta(0), NOW - created))
        state = draw(st.sampled_from(["ACTIVE", "ACKED", "REOPENED"])) if taken is None else "RESOLVED"
        made.append(
            IncidentFact(
                id=f"i{number:02}",
                category=draw(st.sampled_from("AB")),
                severity=draw(st.sampled_from(["critical", "high", "medium", "low"])),
                lifecycle_state=state,
                cause_type=draw(st.sampled_from(["SYSTEM", "HUMAN"])),
                created_at=created,
                acknowledged_at=draw(st.none() | st.just(created)),
                resolved_at=None if taken is None else created + taken,
                resolution_method=None if taken is None else draw(st.sampled_from(["auto", "manual"])),
                cost_impact=draw(st.none() | CENTS),
                source_run_id=draw(st.none() | st.sampled_from(["r1", "r2"])),
            )
        )
    return made


@given(facts(), st.integers(1, 45))
def test_metrics_count_every_incident_of_the_window_once(made: list[IncidentFact], days: int) -> None:
    window = window_before(NOW, days)
    counted = [f for f in made if NOW - timedelta(days=days) < f.created_at <= NOW]
    found = compute_metrics(made, window)
    assert found.total_count == len(counted) == found.active_count + found.resolved_count
    assert found.active_count == sum(f.lifecycle_state != "RESOLVED" for f in counted)
    assert found.critical_count + found.high_count + found.medium_count + found.low_count == len(counted)
    times = [(f.resolved_at - f.created_at).total_seconds() * 1000 for f in counted if f.resolved_at]
    for figure, by_hand in (
        (found.avg_resolution_ms, stdlib.fmean),
        (found.median_resolution_ms, stdlib.median),
    ):
        assert (figure is None) == (not times)
        assert figure is None or abs(figure - by_hand(times)) <= 0.5 + 1e-6 * figure
    # What is null says why, what is not null needs no reason.
    nulls = {name for name, value in vars(found).items() if value is None}
    assert nulls == set(found.unavailable)


@given(facts(), st.sampled_from(Granularity), st.integers(7, 60))
def test_trends_lose_nothing_and_have_no_holes(
    made: list[IncidentFact], granularity: Granularity, days: int
) -> None:
    window = window_before(NOW, days)
    trend, costs = compute_trend(made, window, granularity), compute_cost_trend(made, window, granularity)
    assert sum(p.incident_count for p in trend.data_points) == trend.total_incidents
    resolved = [f for f in made if f.resolved_at and window.start < f.resolved_at <= window.end]
    assert sum(p.resolved_count for p in trend.data_points) == len(resolved)
    priced = [f.cost_impact for f in made if f.cost_impact is not None and f.created_at > window.start]
    assert costs.total_cost == (sum(priced) if priced else None)
    assert sum((p.total_cost or Decimal(0)) for p in costs.data_points) == sum(priced)
    periods = [datetime.fromisoformat(p.period) for p in trend.data_points]
    assert [p.period for p in costs.data_points] == [p.period for p in trend.data_points]
    steps = {later - earlier for earlier, later in itertools.pairwise(periods)}
    allowed = {Granularity.DAY: {1}, Granularity.WEEK: {7}, Granularity.MONTH: {28, 29, 30, 31}}[granularity]
    assert {step.days for step in steps} <= allowed
    assert periods[0].date() <= window.start.date()
    assert periods[-1].date() <= NOW.date()
    if granularity is Granularity.WEEK:
        assert {period.weekday() for period in periods} == {0}


@given(facts(), st.integers(1, 45), st.integers(1, 3))
def test_costs_add_up_to_the_cent(made: list[IncidentFact], days: int, limit: int) -> None:
    window = window_before(NOW, days)
    found = compute_cost_impact(made, window, limit)
    everything = compute_cost_impact(made, window, 50)
    priced = [f for f in made if f.cost_impact is not None and f.created_at > window.start]
    assert found.summaries == everything.summaries[:limit]
    assert found.total_cost_impact == everything.total_cost_impact
    assert sum(s.total_cost_impact for s in everything.summaries) == sum(f.cost_impact or 0 for f in priced)
    assert sum(s.incident_count for s in everything.summaries) + found.without_cost_count == sum(
        f.created_at > window.start for f in made
    )
    totals = [s.total_cost_impact for s in everything.summaries]
    assert totals == sorted(totals, reverse=True)


@given(facts())
def test_shares_are_of_all_and_in_order(made: list[IncidentFact]) -> None:
    found = compute_distribution(made, window_before(NOW, 365))
    for shares in (found.by_category, found.by_severity, found.by_cause_type):
        assert sum(share.count for share in shares) == len(made)
        assert abs(sum(share.percentage for share in shares) - (100 if made else 0)) <= Decimal("0.02")
        assert list(shares) == sorted(shares, key=lambda share: (-share.count, share.value))


@given(facts(), st.integers(1, 168))
def test_patterns_are_what_their_definitions_say(made: list[IncidentFact], hours: int) -> None:
    found = detect_patterns(made, as_of=NOW, window_hours=hours, limit=50)
    recent = [f for f in made if f.created_at > NOW - timedelta(hours=hours)]
    last_hour = [f for f in recent if f.created_at > NOW - timedelta(hours=1)]
    burst = Counter(
        f.severity
        for f in last_hour
        if f.lifecycle_state != "RESOLVED" and f.severity in ("critical", "high")
    )
    by_hand = {("category_cluster", c, n) for c, n in Counter(f.category for f in recent).items() if n >= 3}
    by_hand |= {("severity_spike", s, n) for s, n in burst.items() if n >= 3}
    runs = Counter(f.source_run_id for f in recent if f.source_run_id)
    by_hand |= {("cascade_failure", run, n) for run, n in runs.items() if n >= 2}
    assert {(p.pattern_type.value, p.dimension, p.count) for p in found.patterns} == by_hand
    assert found.incidents_analyzed == len(recent)
    assert all(Decimal("0.5") <= p.confidence <= Decimal("0.98") for p in found.patterns)
    shown = detect_patterns(made, as_of=NOW, window_hours=hours, limit=1)
    assert (shown.patterns, shown.pattern_count) == (found.patterns[:1], len(by_hand))


def fact(number: int, back: timedelta, **more: Any) -> IncidentFact:
    values: dict[str, Any] = {"category": "A", "severity": "high", "lifecycle_state": "ACTIVE"}
    return IncidentFact(id=f"i{number:02}", cause_type="SYSTEM", created_at=NOW - back, **(values | more))


def test_confidences_grow_from_their_base_to_their_cap() -> None:
    def confidence(kind: str, count: int, **more: Any) -> Decimal:
        made = [fact(n, timedelta(minutes=n + 1), **more) for n in range(count)]
        found = detect_patterns(made, as_of=NOW, window_hours=24, limit=10).patterns
        return next(p.confidence for p in found if p.pattern_type.value == kind)

    cases = {
        ("category_cluster", 3): "0.50",
        ("category_cluster", 4): "0.60",
        ("category_cluster", 20): "0.95",
        ("severity_spike", 3): "0.70",
        ("severity_spike", 5): "0.80",
        ("severity_spike", 20): "0.98",
        ("cascade_failure", 2): "0.75",
        ("cascade_failure", 20): "0.95",
    }
    for (kind, count), expected in cases.items():
        assert str(confidence(kind, count, source_run_id="r")) == expected, (kind, count)
    assert str(confidence("severity_spike", 3, severity="critical")) == "0.80"


def test_a_pattern_shows_its_ten_newest_newest_first() -> None:
    made = [fact(n, timedelta(minutes=10 + n // 2)) for n in range(14)]
    (cluster, spike) = sorted(
        detect_patterns(made, as_of=NOW, window_hours=2, limit=10).patterns, key=lambda p: p.pattern_type
    )
    assert cluster.incident_ids == tuple(f"i{n:02}" for n in range(10)) == spike.incident_ids
    assert cluster.count == 14


@given(facts(), st.integers(2, 4))
def test_recurring_groups_are_counted_by_day(made: list[IncidentFact], threshold: int) -> None:
    window = window_before(NOW, 30)
    found = analyze_recurrence(made, window, threshold=threshold, limit=50)
    within = [f for f in made if f.created_at > window.start]
    groups = Counter((f.category, f.resolution_method) for f in within)
    assert {(g.category, g.resolution_method): g.total_occurrences for g in found.groups} == {
        key: count for key, count in groups.items() if count >= threshold
    }
    for group in found.groups:
        members = [
            f
            for f in within
            if (f.category, f.resolution_method) == (group.category, group.resolution_method)
        ]
        assert group.distinct_days == len({f.created_at.date() for f in members})
        assert group.occurrences_per_day == round(Decimal(len(members)) / 30 + Decimal("1e-9"), 2)
        assert (group.first_occurrence, group.last_occurrence) == (
            min(f.created_at for f in members),
            max(f.created_at for f in members),
        )
        assert len(group.recent_incident_ids) == min(5, len(members))


def test_milliseconds_are_rounded_half_up() -> None:
    assert [milliseconds(timedelta(microseconds=n)) for n in (499, 500, 1499, 1500)] == [0, 1, 1, 2]


def test_learnings_rest_on_support() -> None:
    hours = [timedelta(hours=n) for n in range(10)]
    manual, rollback = ResolutionMethod.MANUAL, ResolutionMethod.ROLLBACK
    own = opened("acme", 0, START).resolve(START + hours[2], manual).now
    others = [
        opened("acme", 1, START).resolve(START + hours[4], manual).now,
        opened("acme", 2, START).resolve(START + hours[6], rollback).now,
    ]
    attempts = {own.id: 1, others[0].id: 0, others[1].id: 2}
    found = draw_learnings(own, 3, others, attempts)
    assert found.resolution_summary.time_to_resolution_ms == 2 * 3_600_000
    assert (found.resolution_summary.evidence_count, found.resolution_summary.recovery_attempted) == (3, True)
    assert [s.incident_id for s in found.similar_incidents] == [other.id for other in others]
    told = {i.insight_type.value: (str(i.confidence), i.supporting_incident_ids) for i in found.insights}
    assert told == {
        "response": ("0.6", (others[0].id,)),
        "prevention": ("0.76", (own.id, others[1].id)),
        "detection": ("0.8", (own.id, others[0].id, others[1].id)),
    }
    assert "4.0 hours" in found.insights[2].description
    alone = draw_learnings(opened("acme", 0, START).now, 0, [], {own.id: 0})
    assert (alone.insights, alone.similar_incidents) == ((), ())
    assert alone.resolution_summary.time_to_resolution_ms is None
