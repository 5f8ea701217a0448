# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What figures about incidents are computed from, and what they come to.
# Callers: L5 {incident_category_learning_engine, incident_pattern_engine, incident_statistics_engine,
#          incidents_facade}, L5_schemas {incident_learning_results, incident_pattern_results},
#          L6 incident_statistics_read_driver, spine incident_query_params
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Facts and figures. Amounts are exact US dollars, durations whole milliseconds, times aware UTC.

A figure that cannot be computed is None and ``unavailable`` says why, by the figure's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum


class Granularity(str, Enum):
    """Width of a period of a trend, in UTC; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class IncidentFact:
    """What statistics, patterns and recurrence need to know about one incident as it was at a moment."""

    id: str
    category: str
    severity: str
    lifecycle_state: str
    cause_type: str
    created_at: datetime
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution_method: str | None = None
    cost_impact: Decimal | None = None
    source_run_id: str | None = None


@dataclass(frozen=True)
class Window:
    """The incidents counted were opened after ``start`` and not after ``end``, the moment read at."""

    days: int
    start: datetime
    end: datetime


@dataclass(frozen=True)
class IncidentMetricsResult:
    """Counts over the incidents opened in a window. ``active_count`` includes acknowledged and reopened ones."""

    window: Window
    active_count: int
    acked_count: int
    reopened_count: int
    resolved_count: int
    total_count: int
    critical_count: int
    high_count: int
    medium_count: int
    low_count: int
    avg_acknowledgement_ms: int | None
    median_acknowledgement_ms: int | None
    avg_resolution_ms: int | None
    median_resolution_ms: int | None
    avg_containment_ms: int | None = None
    median_containment_ms: int | None = None
    sla_met_count: int | None = None
    sla_breached_count: int | None = None
    sla_compliance_rate: Decimal | None = None
    unavailable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CostImpactSummary:
    """What the incidents of one category, resolved in one way, cost."""

    category: str
    resolution_method: str | None
    incident_count: int
    total_cost_impact: Decimal
    avg_cost_impact: Decimal


@dataclass(frozen=True)
class CostImpactResult:
    """Costs by category and way of resolution, highest first. The total is over all groups, shown or not.

    ``without_cost_count`` incidents of the window have no cost recorded and are in no group.
    """

    window: Window
    summaries: tuple[CostImpactSummary, ...]
    group_count: int
    total_cost_impact: Decimal | None
    without_cost_count: int
    unavailable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TrendPoint:
    """One period: incidents opened in it, incidents resolved in it, and how long these took."""

    period: str
    incident_count: int
    resolved_count: int
    avg_resolution_time_ms: int | None


@dataclass(frozen=True)
class TrendResult:
    """Every period the window touches, also those without incidents; the first and last may be cut off."""

    window: Window
    granularity: Granularity
    data_points: tuple[TrendPoint, ...]
    total_incidents: int


@dataclass(frozen=True)
class CostTrendPoint:
    """One period: what the incidents opened in it cost, as far as a cost is recorded."""

    period: str
    incident_count: int
    total_cost: Decimal | None
    avg_cost_per_incident: Decimal | None


@dataclass(frozen=True)
class CostTrendResult:
    """As ``TrendResult``, for costs; ``incident_count`` counts incidents with a recorded cost."""

    window: Window
    granularity: Granularity
    data_points: tuple[CostTrendPoint, ...]
    total_cost: Decimal | None
    unavailable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DistributionShare:
    """How many incidents have one value of a dimension, and their share in percent."""

    dimension: str
    value: str
    count: int
    percentage: Decimal


@dataclass(frozen=True)
class DistributionResult:
    """Shares by category, severity and cause, most frequent first."""

    window: Window
    by_category: tuple[DistributionShare, ...]
    by_severity: tuple[DistributionShare, ...]
    by_cause_type: tuple[DistributionShare, ...]
    total_incidents: int
