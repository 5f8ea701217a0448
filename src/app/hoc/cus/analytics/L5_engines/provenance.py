# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Records every simulation durably: in the database, or in the spool while that cannot be reached.
# Callers: L5 sandbox, canary_samples, spine provenance_coordinator, costsim_handler,
#          costsim_provenance_handler
# Allowed Imports: stdlib, L5_engines, L5_schemas, app.infra
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The provenance logger.

The database is the system of record; it is reached through a sink that L4 provides and that owns the
transaction. Records go from the queue into the database; a batch it does not take for now goes into the spool,
and from there into the database later, by whichever process comes first. Writing is idempotent, so trying
again is always safe. What ``flush`` took from the queue survives the process. A record is given up only when
database, spool and queue are all out of reach; it is then counted and logged in full.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.provenance_log import (
    ProvenanceLog,
    compress_json,
    compute_hash,
    recorded_content,
)
from app.hoc.cus.analytics.L5_engines.provenance_sink import ProvenanceRefusedError, ProvenanceSink
from app.hoc.cus.analytics.L5_engines.provenance_spool import ProvenanceSpool, SpoolError
from app.hoc.cus.analytics.L5_schemas.provenance_record import in_utc
from app.infra.canonical_json import canonical_json
from app.infra.time import monotonic_ms, utc_now

__all__ = [
    "ProvenanceCounters",
    "ProvenanceLog",
    "ProvenanceLogger",
    "ProvenanceRefusedError",
    "ProvenanceSink",
    "compress_json",
    "compute_hash",
    "get_provenance_logger",
    "set_provenance_logger",
]

BATCH_SIZE = 100
QUEUE_LIMIT = 1000
SINK_TIMEOUT_SECONDS = 5.0
# After a failure the database is left alone for this long, so that an outage does not slow simulations down.
RETRY_AFTER_MS = 1000.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProvenanceCounters:
    """What became of the records of this process: ``waiting`` in the queue, ``written`` to the database,
    ``spooled`` for later, ``refused`` (kept in the spool for people to look at), ``dropped`` (in the log only).
    """

    waiting: int
    written: int
    spooled: int
    refused: int
    dropped: int


class ProvenanceLogger:
    """Records simulations. ``close`` it before the process ends; ``start`` flushes it on a timer."""

    def __init__(
        self,
        sink: ProvenanceSink,
        spool: ProvenanceSpool,
        config: CostSimConfig,
        *,
        queue_limit: int = QUEUE_LIMIT,
    ) -> None:
        self._sink = sink
        self._spool = spool
        self._config = config
        self._queue_limit = queue_limit
        self._queue: deque[ProvenanceLog] = deque()
        self._flushing = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None
        self._retry_at = 0.0
        self._written = self._spooled = self._refused = self._dropped = 0

    @property
    def counters(self) -> ProvenanceCounters:
        """What became of the records so far."""
        return ProvenanceCounters(
            len(self._queue), self._written, self._spooled, self._refused, self._dropped
        )

    async def log(
        self,
        input_data: Mapping[str, Any],
        output_data: Mapping[str, Any],
        runtime_ms: int,
        status: str = "success",
        tenant_id: str | None = None,
        run_id: str | None = None,
        *,
        variant_slug: str = "v2",
        v1_cost: int | None = None,
        v2_cost: int | None = None,
        verdict: str | None = None,
        drift_score: float | None = None,
    ) -> ProvenanceLog:
        """Put one simulation into the queue; ``flush`` makes it durable.

        Raises ``ValueError`` without a tenant or for data that JSON cannot say.
        """
        if not tenant_id:
            raise ValueError("provenance needs the tenant it belongs to")
        entry = ProvenanceLog(
            id=str(uuid.uuid4()),
            timestamp=utc_now(),
            **recorded_content(input_data, output_data, self._config),
            runtime_ms=runtime_ms,
            status=status,
            tenant_id=tenant_id,
            run_id=run_id,
            variant_slug=variant_slug,
            v1_cost=v1_cost,
            v2_cost=v2_cost,
            verdict=verdict,
            drift_score=drift_score,
        )
        await self._store(entry)
        return entry

    async def flush(self) -> None:
        """Empty the queue into the database, or into the spool while it cannot be reached. Callers that come
        together share batches. Does not raise: what stays in the queue is tried again.
        """
        async with self._flushing:
            await self._flush()

    def start(self) -> None:
        """Flush every ``provenance_flush_seconds`` from now on, which also empties the spool."""
        if self._timer is None:
            self._timer = asyncio.create_task(self._keep_flushing())

    async def close(self) -> None:
        """Stop the timer and flush for the last time."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            with suppress(asyncio.CancelledError):
                await timer
        self._retry_at = 0.0
        await self.flush()
        for entry in self._queue:
            self._give_up(entry)
        self._queue.clear()

    async def query(
        self,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
        input_hash: str | None = None,
        status: str | None = None,
        *,
        tenant_id: str,
        limit: int = 100,
    ) -> list[ProvenanceLog]:
        """A tenant's entries, stored or on their way, newest first (ties by id); bounds are inclusive, UTC by default."""
        start, end = in_utc(start_date), in_utc(end_date)
        stored = await self._sink.read(
            tenant_id=tenant_id,
            start_date=start,
            end_date=end,
            input_hash=input_hash,
            status=status,
            limit=limit,
        )
        entries = {_identity(entry): entry for entry in map(ProvenanceLog.from_record, stored)}
        for entry in [*self._queue, *await asyncio.to_thread(self._spooled_entries)]:
            if (
                entry.tenant_id == tenant_id
                and (start is None or entry.timestamp >= start)
                and (end is None or entry.timestamp <= end)
                and input_hash in (None, entry.input_hash)
                and status in (None, entry.status)
            ):
                entries.setdefault(_identity(entry), entry)
        return sorted(entries.values(), key=lambda entry: (entry.timestamp, entry.id), reverse=True)[:limit]

    async def _store(self, entry: ProvenanceLog) -> None:
        if len(self._queue) >= self._queue_limit:
            await self.flush()
        if len(self._queue) >= self._queue_limit:
            self._give_up(entry)
            return
        self._queue.append(entry)

    async def _flush(self) -> None:
        while self._queue:
            batch = list(islice(self._queue, BATCH_SIZE))
            if not await self._write_to_db(batch) and not await self._write_to_file(batch):
                return
            for _ in batch:
                self._queue.popleft()
        await self._drain_spool()

    async def _drain_spool(self) -> None:
        for name in await asyncio.to_thread(self._spool.names):
            try:
                batch = await asyncio.to_thread(self._read_spooled, name)
            except (SpoolError, ValueError) as error:
                logger.error("Spooled provenance %s cannot be read and is kept aside: %s", name, error)
                await asyncio.to_thread(self._spool.set_aside, name)
                continue
            if batch and not await self._write_to_db(batch):
                return
            await asyncio.to_thread(self._spool.remove, name)

    async def _write_to_db(self, batch: Sequence[ProvenanceLog]) -> bool:
        """Whether the database has dealt with all of the batch; False when trying later may help."""
        if monotonic_ms() < self._retry_at:
            return False
        try:
            async with asyncio.timeout(SINK_TIMEOUT_SECONDS):
                await self._sink.write([entry.to_record() for entry in batch])
        except ProvenanceRefusedError as error:
            if len(batch) > 1:  # find the one at fault; the others are innocent
                return all([await self._write_to_db([entry]) for entry in batch])
            logger.error("Provenance %s is refused: %s", batch[0].id, error)
            self._refused += 1
            return await self._write_to_file(batch, refused=True)
        except Exception as error:  # whatever it is, the records must not be lost over it
            logger.warning("Provenance cannot be written to the database for now: %r", error)
            self._retry_at = monotonic_ms() + RETRY_AFTER_MS
            return False
        self._written += len(batch)
        return True

    async def _write_to_file(self, batch: Sequence[ProvenanceLog], *, refused: bool = False) -> bool:
        lines = [canonical_json(entry.to_dict()) for entry in batch]
        try:
            await asyncio.to_thread(self._spool.put, lines, refused=refused)
        except SpoolError as error:
            logger.error("Provenance cannot be spooled, %d records wait in memory: %s", len(batch), error)
            return False
        if not refused:
            self._spooled += len(batch)
        return True

    async def _keep_flushing(self) -> None:
        while True:
            await asyncio.sleep(self._config.provenance_flush_seconds)
            await self.flush()

    def _read_spooled(self, name: str) -> list[ProvenanceLog]:
        return [ProvenanceLog.from_dict(json.loads(line)) for line in self._spool.read(name)]

    def _spooled_entries(self) -> list[ProvenanceLog]:
        entries: list[ProvenanceLog] = []
        for name in self._spool.names():
            with suppress(SpoolError, ValueError):  # reported when it is drained
                entries += self._read_spooled(name)
        return entries

    def _give_up(self, entry: ProvenanceLog) -> None:
        self._dropped += 1
        logger.critical("provenance_dropped record=%s", canonical_json(entry.to_dict()))


_current: ProvenanceLogger | None = None


def get_provenance_logger() -> ProvenanceLogger:
    """The logger of this process. Raises ``RuntimeError`` unless the spine opened one."""
    if _current is None:
        raise RuntimeError(
            "No provenance logger is open; run inside provenance_coordinator.open_provenance()."
        )
    return _current


def set_provenance_logger(provenance_logger: ProvenanceLogger | None) -> None:
    """Make a logger the process's one, or none: for whoever opens and closes it."""
    global _current
    _current = provenance_logger


def _identity(entry: ProvenanceLog) -> tuple[str, str, str]:
    return (entry.tenant_id, entry.variant_slug, entry.input_hash)
