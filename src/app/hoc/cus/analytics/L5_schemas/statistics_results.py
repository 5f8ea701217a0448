# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: The results of the analytics facade: usage statistics, cost statistics and the domain's status.
# Callers: L5 analytics_facade
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""The twelve results of the analytics facade. Amounts are exact cents, times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class TimeWindowResult:
    """Half-open window: ``from_ts`` belongs to it, ``to_ts`` does not."""

    from_ts: datetime
    to_ts: datetime
    resolution: str


@dataclass(frozen=True)
class UsageTotalsResult:
    """Sums over the series."""

    requests: int
    compute_units: int
    tokens: int


@dataclass(frozen=True)
class UsageDataPointResult:
    """One bucket of usage."""

    ts: str
    requests: int
    compute_units: int
    tokens: int


@dataclass(frozen=True)
class SignalSourceResult:
    """Where the figures come from and how far they can be trusted.

    ``sources`` yielded data (``("none",)`` when none did), ``degraded`` could not be read. ``freshness_sec``
    is the age of the newest signal at ``as_of`` and ``freshness`` its label: live (at most 60 s), delayed
    (at most 300 s), stale, or none. ``conflicts`` counts buckets with more executions than requests.
    """

    sources: tuple[str, ...]
    freshness_sec: int
    freshness: str
    degraded: tuple[str, ...] = ()
    duplicates: int = 0
    orphans: int = 0
    conflicts: int = 0


@dataclass(frozen=True)
class UsageStatisticsResult:
    """Usage over a window."""

    window: TimeWindowResult
    totals: UsageTotalsResult
    series: tuple[UsageDataPointResult, ...]
    signals: SignalSourceResult


@dataclass(frozen=True)
class CostTotalsResult:
    """Sums over the series; ``spend_usd`` is a hundredth of ``spend_cents``."""

    spend_cents: Decimal
    spend_usd: Decimal
    requests: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class CostDataPointResult:
    """One bucket of spending."""

    ts: str
    spend_cents: Decimal
    requests: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class CostByModelResult:
    """Spending on one model."""

    model: str
    spend_cents: Decimal
    requests: int
    input_tokens: int
    output_tokens: int
    pct_of_total: Decimal


@dataclass(frozen=True)
class CostByFeatureResult:
    """Spending under one feature tag."""

    feature_tag: str
    spend_cents: Decimal
    requests: int
    pct_of_total: Decimal


@dataclass(frozen=True)
class CostStatisticsResult:
    """Spending over a window."""

    window: TimeWindowResult
    totals: CostTotalsResult
    series: tuple[CostDataPointResult, ...]
    by_model: tuple[CostByModelResult, ...]
    by_feature: tuple[CostByFeatureResult, ...]
    signals: SignalSourceResult


@dataclass(frozen=True)
class TopicStatusResult:
    """What a topic can do and how many signals feed it."""

    read: bool
    write: bool
    signals_bound: int


@dataclass(frozen=True)
class AnalyticsStatusResult:
    """What the domain offers."""

    domain: str
    subdomains: tuple[str, ...]
    topics: Mapping[str, TopicStatusResult]
