# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: What the endpoints of figures, patterns and recurrence accept and answer.
# Callers: L2 incident_statistics
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Query and response models of incident figures. A figure that cannot be computed is null, and ``unavailable``
says why.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.as_of import AsOfQuery
from app.hoc.api.cus.http.fields import ExactOut
from app.hoc.api.cus.incidents.incident_read_models import InsightOut, Name

Granularity = Literal["day", "week", "month"]
Limit = Annotated[int, Field(ge=1, le=50)]
Baseline = Annotated[int, Field(ge=1, le=90, description="Days of 24 hours before as_of.")]
History = Annotated[int, Field(ge=7, le=365, description="Days of 24 hours before as_of.")]
Reasons = Annotated[
    dict[str, str], Field(description="Why a figure is null, by its name.", examples=[{"sla_met_count": "…"}])
]


class MetricsQuery(AsOfQuery):
    """The incidents to count."""

    window_days: Baseline = 30


class CostImpactQuery(AsOfQuery):
    """The incidents to sum."""

    baseline_days: Baseline = 30
    limit: Limit = 20


class DistributionQuery(AsOfQuery):
    """The incidents to count."""

    window_days: History = 90


class TrendQuery(DistributionQuery):
    """The incidents to count, and how finely."""

    granularity: Granularity = "week"


class PatternQuery(AsOfQuery):
    """Where to look for patterns."""

    window_hours: int = Field(default=24, ge=1, le=168)
    limit: Limit = 10


class CategoryLearningsQuery(AsOfQuery):
    """The incidents to learn from."""

    category: Name
    baseline_days: Baseline = 30


class RecurrenceQuery(AsOfQuery):
    """What counts as recurring."""

    baseline_days: Baseline = 30
    recurrence_threshold: int = Field(default=3, ge=2, le=100)
    limit: Limit = 20


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class WindowOut(_Out):
    """Incidents opened after ``start`` and not after ``end``."""

    days: int
    start: datetime
    end: datetime


class MetricsOut(_Out):
    """Counts and durations. ``active_count`` includes acknowledged and reopened incidents."""

    window: WindowOut
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
    avg_containment_ms: int | None
    median_containment_ms: int | None
    sla_met_count: int | None
    sla_breached_count: int | None
    sla_compliance_rate: ExactOut | None
    unavailable: Reasons


class CostSummaryOut(_Out):
    """What the incidents of one category, resolved in one way, cost in US dollars."""

    category: str
    resolution_method: str | None
    incident_count: int
    total_cost_impact: ExactOut
    avg_cost_impact: ExactOut


class CostImpactOut(_Out):
    """Costs, the highest first; the total is over all groups."""

    window: WindowOut
    summaries: list[CostSummaryOut]
    group_count: int
    total_cost_impact: ExactOut | None
    without_cost_count: int = Field(description="Incidents of the window without a recorded cost.")
    unavailable: Reasons


class TrendPointOut(_Out):
    """One period, named by its first day."""

    period: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    incident_count: int
    resolved_count: int
    avg_resolution_time_ms: int | None = Field(description="Null when nothing was resolved in the period.")


class TrendOut(_Out):
    """Every period the window touches; the first and the last may be cut off by it."""

    window: WindowOut
    granularity: Granularity
    data_points: list[TrendPointOut]
    total_incidents: int


class CostTrendPointOut(_Out):
    """One period: incidents opened in it that have a recorded cost."""

    period: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    incident_count: int
    total_cost: ExactOut | None = Field(description="Null when no cost is recorded in the period.")
    avg_cost_per_incident: ExactOut | None = Field(description="Null when no cost is recorded in the period.")


class CostTrendOut(_Out):
    """Recorded costs in US dollars."""

    window: WindowOut
    granularity: Granularity
    data_points: list[CostTrendPointOut]
    total_cost: ExactOut | None
    unavailable: Reasons


class ShareOut(_Out):
    """How many incidents have a value, and their share."""

    dimension: Literal["category", "severity", "cause_type"]
    value: str
    count: int
    percentage: ExactOut


class DistributionOut(_Out):
    """Shares, the most frequent first."""

    window: WindowOut
    by_category: list[ShareOut]
    by_severity: list[ShareOut]
    by_cause_type: list[ShareOut]
    total_incidents: int


class PatternOut(_Out):
    """Incidents that belong together; ``confidence`` is a published heuristic of ``count``."""

    pattern_type: Literal["category_cluster", "severity_spike", "cascade_failure"]
    dimension: str
    count: int
    incident_ids: list[str] = Field(description="The newest ten, newest first.")
    confidence: ExactOut


class PatternsOut(_Out):
    """Patterns, the surest first."""

    patterns: list[PatternOut]
    pattern_count: int
    window_hours: int
    window_start: datetime
    window_end: datetime
    incidents_analyzed: int


class RecurringGroupOut(_Out):
    """Incidents of one category that ended in one way, again and again."""

    category: str
    resolution_method: str | None
    total_occurrences: int
    distinct_days: int
    occurrences_per_day: ExactOut = Field(description="Over all days of the window.")
    occurrences_per_active_day: ExactOut = Field(description="Over the days with such an incident.")
    first_occurrence: datetime
    last_occurrence: datetime
    recent_incident_ids: list[str]


class RecurrenceOut(_Out):
    """Recurring groups, the most frequent first."""

    window: WindowOut
    threshold: int
    groups: list[RecurringGroupOut]
    group_count: int
    total_recurring: int = Field(description="Incidents of the groups shown.")


class CategoryLearningsOut(_Out):
    """What the incidents of a category that were opened in the window have in common. An insight names the newest
    incidents that support it.
    """

    category: str
    window: WindowOut
    incident_count: int
    resolved_count: int
    incidents_per_day: ExactOut
    resolution_rate: ExactOut | None
    avg_resolution_ms: int | None
    top_resolution_method: str | None
    top_resolution_method_count: int
    insights: list[InsightOut]
    unavailable: Reasons
