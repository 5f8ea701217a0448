# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Fetches each signal on its own, so that a source that fails is reported instead of spoiling the rest.
# Callers: L5 analytics_facade
# Allowed Imports: L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Signal adapters: one per signal source and shape."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from app.hoc.cus.analytics.L5_schemas.query_types import ResolutionType
from app.hoc.cus.analytics.L5_schemas.signal_rows import (
    CostSpendRow,
    FeatureSpendRow,
    ModelSpendRow,
    SignalSourceError,
    UsageSignalRow,
)
from app.hoc.cus.analytics.L6_drivers.analytics_read_driver import AnalyticsReadDriver

logger = logging.getLogger(__name__)

R = TypeVar("R")

COST_RECORDS = "cost_records"
LLM_USAGE = "llm.usage"
WORKER_EXECUTION = "worker.execution"
# The signals behind each topic of the domain. There is no gateway that reports metrics, so none is named.
USAGE_SIGNALS = (COST_RECORDS, LLM_USAGE, WORKER_EXECUTION)
COST_SIGNALS = (COST_RECORDS,)


@dataclass(frozen=True)
class SignalReading(Generic[R]):
    """What a source yielded; ``failed`` when it could not be read, which is not the same as no data."""

    source: str
    data: Sequence[R] = ()
    failed: bool = False


@dataclass(frozen=True)
class SignalAdapter:
    """Reads the signals of one tenant in one window, as of one moment."""

    driver: AnalyticsReadDriver
    tenant_id: str
    from_ts: datetime
    to_ts: datetime
    resolution: ResolutionType
    as_of: datetime

    async def fetch_cost_metrics(self) -> SignalReading[UsageSignalRow]:
        """Calls and tokens of the cost records."""
        return await _read(
            COST_RECORDS,
            self.driver.fetch_cost_metrics(
                self.tenant_id, self.from_ts, self.to_ts, self.resolution, as_of=self.as_of
            ),
        )

    async def fetch_llm_usage(self) -> SignalReading[UsageSignalRow]:
        """Runs and tokens of language models."""
        return await _read(
            LLM_USAGE,
            self.driver.fetch_llm_usage(
                self.tenant_id, self.from_ts, self.to_ts, self.resolution, as_of=self.as_of
            ),
        )

    async def fetch_worker_execution(self) -> SignalReading[UsageSignalRow]:
        """Successful executions."""
        return await _read(
            WORKER_EXECUTION,
            self.driver.fetch_worker_execution(
                self.tenant_id, self.from_ts, self.to_ts, self.resolution, as_of=self.as_of
            ),
        )

    async def fetch_cost_spend(self) -> SignalReading[CostSpendRow]:
        """Spending over time."""
        return await _read(
            COST_RECORDS,
            self.driver.fetch_cost_spend(
                self.tenant_id, self.from_ts, self.to_ts, self.resolution, as_of=self.as_of
            ),
        )

    async def fetch_cost_by_model(self) -> SignalReading[ModelSpendRow]:
        """Spending by model."""
        return await _read(
            COST_RECORDS,
            self.driver.fetch_cost_by_model(self.tenant_id, self.from_ts, self.to_ts, as_of=self.as_of),
        )

    async def fetch_cost_by_feature(self) -> SignalReading[FeatureSpendRow]:
        """Spending by feature tag."""
        return await _read(
            COST_RECORDS,
            self.driver.fetch_cost_by_feature(self.tenant_id, self.from_ts, self.to_ts, as_of=self.as_of),
        )


async def _read(source: str, fetching: Awaitable[Sequence[R]]) -> SignalReading[R]:
    try:
        return SignalReading(source, await fetching)
    except SignalSourceError:
        logger.warning("Signal source %s could not be read", source, exc_info=True)
        return SignalReading(source, failed=True)
