# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The parameters and bodies of the statistics endpoints.
# Callers: L2 {public_statistics, statistics, statistics_export}
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Query and response models of the statistics endpoints."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.as_of import AsOfQuery, UtcMoment
from app.hoc.api.cus.http.fields import ExactOut


class StatisticsQuery(AsOfQuery):
    """A half-open window of at most 90 days."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_ts: UtcMoment = Field(alias="from", description="Start, UTC, inclusive.")
    to_ts: UtcMoment = Field(alias="to", description="End, UTC, exclusive.")
    resolution: Literal["hour", "day"] = "day"
    scope: Literal["org", "project", "env"] = Field(
        default="org", description="Signals carry no project or environment yet: only org is served."
    )

    def to_params(self, method: str, as_of: datetime) -> dict[str, Any]:
        """The operation's parameters."""
        return {
            "method": method,
            "from_ts": self.from_ts,
            "to_ts": self.to_ts,
            "resolution": self.resolution,
            "scope": self.scope,
            "as_of": as_of,
        }


class _Result(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class WindowOut(_Result):
    """The window that was read."""

    from_ts: datetime
    to_ts: datetime
    resolution: Literal["hour", "day"]


class SignalsOut(_Result):
    """Where the figures come from: ``degraded`` sources could not be read, so figures may be too low."""

    sources: list[str]
    freshness_sec: int = Field(description="Age of the newest signal at as_of; 0 without any.")
    freshness: Literal["live", "delayed", "stale", "none"]
    degraded: list[str]
    duplicates: int = Field(description="Signals left out because their trace was counted already.")
    orphans: int = Field(description="Executions that belong to no known run.")
    conflicts: int = Field(description="Buckets with more executions than requests.")


class UsageTotalsOut(_Result):
    """Sums over the series."""

    requests: int
    compute_units: int
    tokens: int


class UsagePointOut(UsageTotalsOut):
    """One bucket."""

    ts: str


class UsageStatisticsOut(_Result):
    """Usage over a window."""

    window: WindowOut
    totals: UsageTotalsOut
    series: list[UsagePointOut]
    signals: SignalsOut


class CostPointOut(_Result):
    """One bucket."""

    ts: str
    spend_cents: ExactOut
    requests: int
    input_tokens: int
    output_tokens: int


class CostTotalsOut(_Result):
    """Sums over the series."""

    spend_cents: ExactOut
    spend_usd: ExactOut
    requests: int
    input_tokens: int
    output_tokens: int


class CostByModelOut(_Result):
    """Spending on one model."""

    model: str
    spend_cents: ExactOut
    requests: int
    input_tokens: int
    output_tokens: int
    pct_of_total: ExactOut


class CostByFeatureOut(_Result):
    """Spending under one feature tag."""

    feature_tag: str
    spend_cents: ExactOut
    requests: int
    pct_of_total: ExactOut


class CostStatisticsOut(_Result):
    """Spending over a window."""

    window: WindowOut
    totals: CostTotalsOut
    series: list[CostPointOut]
    by_model: list[CostByModelOut]
    by_feature: list[CostByFeatureOut]
    signals: SignalsOut


class TopicOut(_Result):
    """What a topic can do."""

    read: bool
    write: bool
    signals_bound: int


class AnalyticsStatusOut(_Result):
    """What the domain offers."""

    domain: str
    subdomains: list[str]
    topics: dict[str, TopicOut]
