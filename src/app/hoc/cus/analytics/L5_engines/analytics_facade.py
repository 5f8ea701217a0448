# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Usage and cost statistics of a tenant, and what the analytics domain offers.
# Callers: spine analytics_query_handler
# Allowed Imports: L5_engines, L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The analytics facade: it merges signals into statistics and says how far they can be trusted."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from app.hoc.cus.analytics.L5_engines.signal_adapter import (
    COST_SIGNALS,
    USAGE_SIGNALS,
    SignalAdapter,
    SignalReading,
)
from app.hoc.cus.analytics.L5_schemas.exact_amount import HUNDRED, ZERO, percent_of
from app.hoc.cus.analytics.L5_schemas.query_types import ResolutionType, ScopeType
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L5_schemas.signal_rows import CostSpendRow, UsageSignalRow
from app.hoc.cus.analytics.L5_schemas.statistics_results import (
    AnalyticsStatusResult,
    CostByFeatureResult,
    CostByModelResult,
    CostDataPointResult,
    CostStatisticsResult,
    CostTotalsResult,
    SignalSourceResult,
    TimeWindowResult,
    TopicStatusResult,
    UsageDataPointResult,
    UsageStatisticsResult,
    UsageTotalsResult,
)
from app.hoc.cus.analytics.L6_drivers.analytics_read_driver import AnalyticsReadDriver

logger = logging.getLogger(__name__)

MAX_WINDOW_DAYS = 90
LIVE_SECONDS = 60
DELAYED_SECONDS = 300

__all__ = [
    "AnalyticsFacade",
    "AnalyticsStatusResult",
    "CostByFeatureResult",
    "CostByModelResult",
    "CostDataPointResult",
    "CostStatisticsResult",
    "CostTotalsResult",
    "SignalAdapter",
    "SignalSourceResult",
    "TimeWindowResult",
    "TopicStatusResult",
    "UsageDataPointResult",
    "UsageStatisticsResult",
    "UsageTotalsResult",
    "get_analytics_facade",
]


class AnalyticsFacade:
    """Statistics over a half-open window of at most 90 days. It keeps no state."""

    async def get_usage_statistics(
        self,
        driver: AnalyticsReadDriver,
        tenant_id: str,
        from_ts: datetime,
        to_ts: datetime,
        *,
        as_of: datetime,
        resolution: ResolutionType = ResolutionType.DAY,
        scope: ScopeType = ScopeType.ORG,
    ) -> UsageStatisticsResult:
        """Requests (from language model runs), compute units (successful executions) and tokens (the larger
        of what runs and cost records say, per bucket).

        Raises:
            RequestRefusedError: INVALID_WINDOW, INVALID_SCOPE, or UNAVAILABLE when no source can be read.
        """
        _check(from_ts, to_ts, scope)
        signals = SignalAdapter(driver, tenant_id, from_ts, to_ts, resolution, as_of)
        cost = await signals.fetch_cost_metrics()
        llm = await signals.fetch_llm_usage()
        worker = await signals.fetch_worker_execution()
        series = _merge(cost.data, llm.data, worker.data)
        conflicts = [point.ts for point in series if point.compute_units > point.requests]
        if conflicts:
            logger.warning(
                "usage signals conflict: tenant=%s buckets with more executions than requests: %s",
                tenant_id,
                ", ".join(conflicts),
            )
        return UsageStatisticsResult(
            window=TimeWindowResult(from_ts, to_ts, resolution.value),
            totals=UsageTotalsResult(
                requests=sum(point.requests for point in series),
                compute_units=sum(point.compute_units for point in series),
                tokens=sum(point.tokens for point in series),
            ),
            series=series,
            signals=_signals(
                [cost, llm, worker],
                self._calculate_freshness([*cost.data, *llm.data, *worker.data], as_of),
                duplicates=sum(row.duplicates for row in (*llm.data, *worker.data)),
                orphans=sum(row.orphans for row in worker.data),
                conflicts=len(conflicts),
            ),
        )

    async def get_cost_statistics(
        self,
        driver: AnalyticsReadDriver,
        tenant_id: str,
        from_ts: datetime,
        to_ts: datetime,
        *,
        as_of: datetime,
        resolution: ResolutionType = ResolutionType.DAY,
        scope: ScopeType = ScopeType.ORG,
    ) -> CostStatisticsResult:
        """Spending over time, by model and by feature. Raises like :meth:`get_usage_statistics`."""
        _check(from_ts, to_ts, scope)
        signals = SignalAdapter(driver, tenant_id, from_ts, to_ts, resolution, as_of)
        spend = await signals.fetch_cost_spend()
        models = await signals.fetch_cost_by_model()
        features = await signals.fetch_cost_by_feature()
        total = sum((row.spend_cents for row in spend.data), ZERO)
        return CostStatisticsResult(
            window=TimeWindowResult(from_ts, to_ts, resolution.value),
            totals=CostTotalsResult(
                spend_cents=total,
                spend_usd=total / HUNDRED,
                requests=sum(row.requests for row in spend.data),
                input_tokens=sum(row.input_tokens for row in spend.data),
                output_tokens=sum(row.output_tokens for row in spend.data),
            ),
            series=tuple(
                CostDataPointResult(
                    row.bucket, row.spend_cents, row.requests, row.input_tokens, row.output_tokens
                )
                for row in spend.data
            ),
            by_model=tuple(
                CostByModelResult(
                    row.model,
                    row.spend_cents,
                    row.requests,
                    row.input_tokens,
                    row.output_tokens,
                    percent_of(row.spend_cents, total),
                )
                for row in models.data
            ),
            by_feature=tuple(
                CostByFeatureResult(
                    row.feature_tag, row.spend_cents, row.requests, percent_of(row.spend_cents, total)
                )
                for row in features.data
            ),
            signals=_signals(
                [spend, models, features], self._calculate_freshness_from_cost(spend.data, as_of)
            ),
        )

    def get_status(self) -> AnalyticsStatusResult:
        """What the domain offers: topics to read, and how many signals feed each."""
        return AnalyticsStatusResult(
            domain="analytics",
            subdomains=("statistics",),
            topics={
                "usage": TopicStatusResult(read=True, write=False, signals_bound=len(USAGE_SIGNALS)),
                "cost": TopicStatusResult(read=True, write=False, signals_bound=len(COST_SIGNALS)),
            },
        )

    def _calculate_freshness(self, rows: Iterable[UsageSignalRow], as_of: datetime) -> int | None:
        return _age(max((row.newest for row in rows), default=None), as_of)

    def _calculate_freshness_from_cost(self, rows: Iterable[CostSpendRow], as_of: datetime) -> int | None:
        return _age(max((row.newest for row in rows), default=None), as_of)


@functools.cache
def get_analytics_facade() -> AnalyticsFacade:
    """Return the facade; it is stateless, so one serves the process."""
    return AnalyticsFacade()


def _check(from_ts: datetime, to_ts: datetime, scope: ScopeType) -> None:
    if from_ts >= to_ts:
        raise RequestRefusedError("INVALID_WINDOW", "The window is empty: from must lie before to.")
    if (to_ts - from_ts).total_seconds() > MAX_WINDOW_DAYS * 86_400:
        raise RequestRefusedError("INVALID_WINDOW", f"The window is longer than {MAX_WINDOW_DAYS} days.")
    if scope is not ScopeType.ORG:
        raise RequestRefusedError(
            "INVALID_SCOPE", f"Signals carry no {scope.value}; ask for the scope {ScopeType.ORG.value}."
        )


def _merge(
    cost: Sequence[UsageSignalRow], llm: Sequence[UsageSignalRow], worker: Sequence[UsageSignalRow]
) -> tuple[UsageDataPointResult, ...]:
    requests = {row.bucket: row.requests for row in llm}
    tokens = {row.bucket: row.tokens for row in llm}
    units = {row.bucket: row.requests for row in worker}
    for row in cost:
        tokens[row.bucket] = max(tokens.get(row.bucket, 0), row.tokens)
    return tuple(
        UsageDataPointResult(
            ts=bucket,
            requests=requests.get(bucket, 0),
            compute_units=units.get(bucket, 0),
            tokens=tokens.get(bucket, 0),
        )
        for bucket in sorted({*requests, *tokens, *units})
    )


def _signals(readings: Sequence[SignalReading[Any]], age: int | None, **quality: int) -> SignalSourceResult:
    if all(reading.failed for reading in readings):
        raise RequestRefusedError("UNAVAILABLE", "None of the signal sources can be read at the moment.")
    sources = tuple(dict.fromkeys(reading.source for reading in readings if reading.data))
    degraded = tuple(dict.fromkeys(reading.source for reading in readings if reading.failed))
    return SignalSourceResult(
        sources=sources or ("none",),
        freshness_sec=age or 0,
        freshness=_label(age),
        degraded=degraded,
        **quality,
    )


def _age(newest: datetime | None, as_of: datetime) -> int | None:
    return None if newest is None else max(0, int((as_of - newest).total_seconds()))


def _label(age: int | None) -> str:
    if age is None:
        return "none"
    if age <= LIVE_SECONDS:
        return "live"
    return "delayed" if age <= DELAYED_SECONDS else "stale"
