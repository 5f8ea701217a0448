# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Finds incidents that belong together: clusters, bursts, cascades, and groups that recur.
# Callers: L5 incidents_facade
# Allowed Imports: L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Patterns and recurrence: pure functions of facts and a moment.

The thresholds and confidences are conventions. A confidence begins at a base when the threshold is met, grows
by a step with each further incident and is capped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.hoc.cus.incidents.L5_schemas.incident_pattern_results import (
    PatternMatch,
    PatternResult,
    PatternType,
    RecurrenceResult,
    RecurringGroup,
)
from app.hoc.cus.incidents.L5_schemas.incident_statistics_results import IncidentFact, Window

SHOWN_IDS = 10
RECENT_IDS = 5
SPIKE_WINDOW = timedelta(hours=1)
_RATE = Decimal("0.01")


@dataclass(frozen=True)
class _Rule:
    kind: PatternType
    threshold: int
    base: Decimal
    step: Decimal
    cap: Decimal

    def confidence(self, count: int) -> Decimal:
        grown = self.base + self.step * (count - self.threshold)
        return min(grown, self.cap).quantize(_RATE)


_CLUSTER = _Rule(PatternType.CATEGORY_CLUSTER, 3, Decimal("0.5"), Decimal("0.1"), Decimal("0.95"))
_CASCADE = _Rule(PatternType.CASCADE_FAILURE, 2, Decimal("0.75"), Decimal("0.1"), Decimal("0.95"))
_SPIKES = {
    "critical": _Rule(PatternType.SEVERITY_SPIKE, 3, Decimal("0.8"), Decimal("0.05"), Decimal("0.98")),
    "high": _Rule(PatternType.SEVERITY_SPIKE, 3, Decimal("0.7"), Decimal("0.05"), Decimal("0.98")),
}


def detect_patterns(
    facts: Sequence[IncidentFact], *, as_of: datetime, window_hours: int, limit: int
) -> PatternResult:
    """Patterns among the incidents opened in the last ``window_hours``.

    Three of a category are a cluster, two of a run a cascade. A spike is three unresolved critical (or high)
    ones opened within the last hour, whatever the window.
    """
    start = as_of - timedelta(hours=window_hours)
    analyzed = [fact for fact in facts if start < fact.created_at <= as_of]
    by_category: dict[str, list[IncidentFact]] = defaultdict(list)
    by_run: dict[str, list[IncidentFact]] = defaultdict(list)
    by_severity: dict[str, list[IncidentFact]] = defaultdict(list)
    for fact in analyzed:
        by_category[fact.category].append(fact)
        if fact.source_run_id is not None:
            by_run[fact.source_run_id].append(fact)
        if fact.created_at > as_of - SPIKE_WINDOW and fact.lifecycle_state != "RESOLVED":
            by_severity[fact.severity].append(fact)
    found = [
        _match(rule, dimension, members)
        for rule, dimension, members in (
            *((_CLUSTER, category, members) for category, members in by_category.items()),
            *((_CASCADE, run, members) for run, members in by_run.items()),
            *((rule, severity, by_severity[severity]) for severity, rule in _SPIKES.items()),
        )
        if len(members) >= rule.threshold
    ]
    found.sort(key=lambda match: (-match.confidence, match.pattern_type.value, match.dimension))
    return PatternResult(tuple(found[:limit]), len(found), window_hours, start, as_of, len(analyzed))


def analyze_recurrence(
    facts: Sequence[IncidentFact], window: Window, *, threshold: int, limit: int
) -> RecurrenceResult:
    """Groups of the same category and way of resolution with at least ``threshold`` incidents in the window."""
    groups: dict[tuple[str, str | None], list[IncidentFact]] = defaultdict(list)
    for fact in facts:
        if window.start < fact.created_at <= window.end:
            groups[fact.category or "uncategorized", fact.resolution_method].append(fact)
    found = [
        _group(category, method, members, window)
        for (category, method), members in groups.items()
        if len(members) >= threshold
    ]
    found.sort(key=lambda group: (-group.total_occurrences, group.category, group.resolution_method or ""))
    shown = tuple(found[:limit])
    return RecurrenceResult(
        window, threshold, shown, len(found), sum(group.total_occurrences for group in shown)
    )


def _match(rule: _Rule, dimension: str, members: Sequence[IncidentFact]) -> PatternMatch:
    return PatternMatch(
        rule.kind, dimension, len(members), _newest_ids(members, SHOWN_IDS), rule.confidence(len(members))
    )


def _group(
    category: str, method: str | None, members: Sequence[IncidentFact], window: Window
) -> RecurringGroup:
    days = {fact.created_at.astimezone(UTC).date() for fact in members}
    count = Decimal(len(members))
    return RecurringGroup(
        category=category,
        resolution_method=method,
        total_occurrences=len(members),
        distinct_days=len(days),
        occurrences_per_day=(count / window.days).quantize(_RATE, ROUND_HALF_UP),
        occurrences_per_active_day=(count / len(days)).quantize(_RATE, ROUND_HALF_UP),
        first_occurrence=min(fact.created_at for fact in members),
        last_occurrence=max(fact.created_at for fact in members),
        recent_incident_ids=_newest_ids(members, RECENT_IDS),
    )


def _newest_ids(members: Iterable[IncidentFact], number: int) -> tuple[str, ...]:
    # Newest first; of two of the same moment the smaller id first, as in every list of incidents.
    by_id = sorted(members, key=lambda fact: fact.id)
    return tuple(fact.id for fact in sorted(by_id, key=lambda fact: fact.created_at, reverse=True)[:number])
