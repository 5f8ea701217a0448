# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What pattern detection and the analysis of recurrence find.
# Callers: L5 {incidents_facade, incident_pattern_engine}
# Allowed Imports: stdlib, L5_schemas
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Patterns and recurring groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from app.hoc.cus.incidents.L5_schemas.incident_statistics_results import Window


class PatternType(str, Enum):
    """What makes incidents a pattern: their category, a burst of grave ones, or the run they come from."""

    CATEGORY_CLUSTER = "category_cluster"
    SEVERITY_SPIKE = "severity_spike"
    CASCADE_FAILURE = "cascade_failure"


@dataclass(frozen=True)
class PatternMatch:
    """Incidents that belong together; ``incident_ids`` are the newest ten, newest first.

    ``confidence`` is a published heuristic of ``count``, not a measured probability.
    """

    pattern_type: PatternType
    dimension: str
    count: int
    incident_ids: tuple[str, ...]
    confidence: Decimal


@dataclass(frozen=True)
class PatternResult:
    """Patterns, the surest first. ``pattern_count`` counts all that were found, shown or not."""

    patterns: tuple[PatternMatch, ...]
    pattern_count: int
    window_hours: int
    window_start: datetime
    window_end: datetime
    incidents_analyzed: int


@dataclass(frozen=True)
class RecurringGroup:
    """Incidents of one category that were resolved in one way, again and again.

    ``occurrences_per_day`` is over all days of the window, ``occurrences_per_active_day`` over the distinct
    UTC days with such an incident.
    """

    category: str
    resolution_method: str | None
    total_occurrences: int
    distinct_days: int
    occurrences_per_day: Decimal
    occurrences_per_active_day: Decimal
    first_occurrence: datetime
    last_occurrence: datetime
    recent_incident_ids: tuple[str, ...]


@dataclass(frozen=True)
class RecurrenceResult:
    """Recurring groups, the most frequent first; ``total_recurring`` sums the groups shown."""

    window: Window
    threshold: int
    groups: tuple[RecurringGroup, ...]
    group_count: int
    total_recurring: int
