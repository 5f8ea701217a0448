# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads usage and cost signals of a tenant, aggregated per bucket, model and feature.
# Callers: L5 {analytics_facade, signal_adapter}, spine analytics_query_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: aos_traces, cost_records, runs
# Writes: none
"""Analytics read driver. Windows are half-open, and nothing later than ``as_of`` is seen.

Each source is read inside a savepoint: one that fails raises ``SignalSourceError`` and leaves the transaction
fit for the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, Row, case, exists, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.query_types import ResolutionType
from app.hoc.cus.analytics.L5_schemas.signal_rows import (
    CostSpendRow,
    FeatureSpendRow,
    ModelSpendRow,
    SignalSourceError,
    UsageSignalRow,
)
from app.hoc.cus.analytics.L6_drivers.utc_bucket import utc_bucket
from app.models.cost import CostRecord
from app.models.usage_signal import AgentRun, ExecutionTrace

UNTAGGED = "untagged"


class AnalyticsReadDriver:
    """Reads the signals of one tenant per call."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_cost_metrics(
        self,
        tenant_id: str,
        from_ts: datetime,
        to_ts: datetime,
        resolution: ResolutionType,
        *,
        as_of: datetime,
    ) -> list[UsageSignalRow]:
        """Metered calls and their tokens per bucket."""
        bucket = utc_bucket(CostRecord.created_at, resolution)
        rows = await self._fetch(
            select(
                bucket.label("bucket"),
                func.count().label("requests"),
                func.sum(CostRecord.input_tokens + CostRecord.output_tokens).label("tokens"),
                func.max(CostRecord.created_at).label("newest"),
            )
            .where(*_window(CostRecord, tenant_id, from_ts, to_ts, as_of))
            .group_by(bucket)
            .order_by(bucket)
        )
        return [UsageSignalRow(row.bucket, row.requests, int(row.tokens), row.newest) for row in rows]

    async def fetch_llm_usage(
        self,
        tenant_id: str,
        from_ts: datetime,
        to_ts: datetime,
        resolution: ResolutionType,
        *,
        as_of: datetime,
    ) -> list[UsageSignalRow]:
        """Agent runs and their tokens per bucket; of runs with the same trace in a bucket, the first counts."""
        bucket = utc_bucket(AgentRun.created_at, resolution)
        runs = (
            select(
                bucket.label("bucket"),
                AgentRun.created_at,
                (AgentRun.input_tokens + AgentRun.output_tokens).label("tokens"),
                _position(AgentRun, bucket).label("position"),
            )
            .where(*_window(AgentRun, tenant_id, from_ts, to_ts, as_of))
            .subquery()
        )
        first = runs.c.position == 1
        rows = await self._fetch(
            select(
                runs.c.bucket,
                func.sum(case((first, 1), else_=0)).label("requests"),
                func.sum(case((first, runs.c.tokens), else_=0)).label("tokens"),
                func.sum(case((first, 0), else_=1)).label("duplicates"),
                func.max(runs.c.created_at).label("newest"),
            )
            .group_by(runs.c.bucket)
            .order_by(runs.c.bucket)
        )
        return [
            UsageSignalRow(row.bucket, int(row.requests), int(row.tokens), row.newest, int(row.duplicates))
            for row in rows
        ]

    async def fetch_worker_execution(
        self,
        tenant_id: str,
        from_ts: datetime,
        to_ts: datetime,
        resolution: ResolutionType,
        *,
        as_of: datetime,
    ) -> list[UsageSignalRow]:
        """Successful executions per bucket (as ``requests``), the first per trace; orphans have no agent run."""
        bucket = utc_bucket(ExecutionTrace.created_at, resolution)
        has_run = exists().where(
            AgentRun.tenant_id == tenant_id,
            AgentRun.trace_id == ExecutionTrace.trace_id,
            AgentRun.created_at <= as_of,
        )
        traces = (
            select(
                bucket.label("bucket"),
                ExecutionTrace.created_at,
                case((has_run, 0), else_=1).label("orphan"),
                _position(ExecutionTrace, bucket).label("position"),
            )
            .where(
                *_window(ExecutionTrace, tenant_id, from_ts, to_ts, as_of), ExecutionTrace.status == "success"
            )
            .subquery()
        )
        first = traces.c.position == 1
        rows = await self._fetch(
            select(
                traces.c.bucket,
                func.sum(case((first, 1), else_=0)).label("requests"),
                func.sum(case((first, 0), else_=1)).label("duplicates"),
                func.sum(case((first, traces.c.orphan), else_=0)).label("orphans"),
                func.max(traces.c.created_at).label("newest"),
            )
            .group_by(traces.c.bucket)
            .order_by(traces.c.bucket)
        )
        return [
            UsageSignalRow(
                row.bucket, int(row.requests), 0, row.newest, int(row.duplicates), int(row.orphans)
            )
            for row in rows
        ]

    async def fetch_cost_spend(
        self,
        tenant_id: str,
        from_ts: datetime,
        to_ts: datetime,
        resolution: ResolutionType,
        *,
        as_of: datetime,
    ) -> list[CostSpendRow]:
        """Spending per bucket."""
        bucket = utc_bucket(CostRecord.created_at, resolution)
        rows = await self._fetch(
            select(bucket.label("bucket"), *_spending(), func.max(CostRecord.created_at).label("newest"))
            .where(*_window(CostRecord, tenant_id, from_ts, to_ts, as_of))
            .group_by(bucket)
            .order_by(bucket)
        )
        return [
            CostSpendRow(
                row.bucket, row.spend, row.requests, int(row.input_tokens), int(row.output_tokens), row.newest
            )
            for row in rows
        ]

    async def fetch_cost_by_model(
        self, tenant_id: str, from_ts: datetime, to_ts: datetime, *, as_of: datetime
    ) -> list[ModelSpendRow]:
        """Spending per model, highest first, ties by name."""
        rows = await self._fetch(
            select(CostRecord.model.label("model"), *_spending())
            .where(*_window(CostRecord, tenant_id, from_ts, to_ts, as_of))
            .group_by(CostRecord.model)
            .order_by(func.sum(CostRecord.cost_cents).desc(), CostRecord.model)
        )
        return [
            ModelSpendRow(row.model, row.spend, row.requests, int(row.input_tokens), int(row.output_tokens))
            for row in rows
        ]

    async def fetch_cost_by_feature(
        self, tenant_id: str, from_ts: datetime, to_ts: datetime, *, as_of: datetime
    ) -> list[FeatureSpendRow]:
        """Spending per feature tag (``untagged`` without one), highest first, ties by name."""
        tag = func.coalesce(CostRecord.feature_tag, UNTAGGED)
        rows = await self._fetch(
            select(tag.label("tag"), *_spending())
            .where(*_window(CostRecord, tenant_id, from_ts, to_ts, as_of))
            .group_by(CostRecord.feature_tag)
            # Records without a tag and records of a tag that is called so are two groups of one name.
            .order_by(func.sum(CostRecord.cost_cents).desc(), tag, CostRecord.feature_tag)
        )
        return [FeatureSpendRow(row.tag, row.spend, row.requests) for row in rows]

    async def _fetch(self, statement: Executable) -> Sequence[Row[Any]]:
        try:
            async with self._session.begin_nested():
                result = await self._session.execute(statement)
                return result.all()
        except SQLAlchemyError as error:
            raise SignalSourceError("the source could not be read") from error


def get_analytics_read_driver(session: AsyncSession) -> AnalyticsReadDriver:
    """Return a driver on ``session``."""
    return AnalyticsReadDriver(session)


def _window(
    table: type[CostRecord] | type[AgentRun] | type[ExecutionTrace],
    tenant_id: str,
    from_ts: datetime,
    to_ts: datetime,
    as_of: datetime,
) -> list[ColumnElement[bool]]:
    return [
        table.tenant_id == tenant_id,
        table.created_at >= from_ts,
        table.created_at < to_ts,
        table.created_at <= as_of,
    ]


def _spending() -> list[ColumnElement[Any]]:
    return [
        func.sum(CostRecord.cost_cents).label("spend"),
        func.count().label("requests"),
        func.sum(CostRecord.input_tokens).label("input_tokens"),
        func.sum(CostRecord.output_tokens).label("output_tokens"),
    ]


def _position(table: type[AgentRun] | type[ExecutionTrace], bucket: ColumnElement[str]) -> ColumnElement[int]:
    """1 for the first signal of a trace in a bucket; a signal without a trace is its own."""
    own = case((table.trace_id.is_(None), table.id), else_="")
    return func.row_number().over(
        partition_by=[bucket, table.trace_id, own], order_by=[table.created_at, table.id]
    )
