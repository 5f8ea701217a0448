# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Keeps the dispatch audit in the database: durable when a dispatch returns, bounded in size.
# Callers: spine bootstrap
# Allowed Imports: L4, app.infra
# Forbidden Imports: L2
"""Keeps the dispatch audit in the database.

A record is stored in a transaction apart from the operation's, after it: a failed operation is on record as well.
Dispatches that end at the same time share a transaction: whoever comes first stores what all of them enqueued.
What cannot be stored goes to the log in full and is counted, and harms nobody.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from app.hoc.cus.hoc_spine.drivers.dispatch_audit_driver import (
    insert_dispatch_records,
    prune_dispatch_records,
)
from app.hoc.cus.hoc_spine.orchestrator.dispatch_record import DispatchRecord
from app.hoc.cus.hoc_spine.orchestrator.session_provider import background_session
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction
from app.infra.metrics import ServiceMetrics
from app.infra.settings import SettingsError

logger = logging.getLogger(__name__)

DEFAULT_KEEP = 100_000
_PRUNE_EVERY = 1_000
_TIMEOUT_SECONDS = 15.0


def records_to_keep(environ: Mapping[str, str]) -> int:
    """Read ``HOC_DISPATCH_AUDIT_KEEP`` (100000). Raises ``SettingsError`` unless it is a number from 1000."""
    raw = environ.get("HOC_DISPATCH_AUDIT_KEEP") or str(DEFAULT_KEEP)
    if not (raw.isascii() and raw.isdecimal()) or int(raw) < _PRUNE_EVERY:
        raise SettingsError(
            f"HOC_DISPATCH_AUDIT_KEEP is {raw!r}; give a whole number of at least {_PRUNE_EVERY}"
        )
    return int(raw)


class DatabaseDispatchAudit:
    """One per application. At most ``keep`` records, and a few hundred on their way, are ever stored."""

    def __init__(self, metrics: ServiceMetrics, *, keep: int = DEFAULT_KEEP) -> None:
        self._metrics = metrics
        self._keep = keep
        self._pending: deque[DispatchRecord] = deque()
        self._writing = asyncio.Lock()
        self._writes: set[asyncio.Task[None]] = set()
        self._unpruned = _PRUNE_EVERY  # so that short processes prune, too

    def enqueue(self, record: DispatchRecord) -> None:
        """Take a record; the next :meth:`flush` stores it."""
        self._pending.append(record)

    async def flush(self) -> None:
        """Store everything enqueued. Returns when it is committed, or logged and counted as lost."""
        async with self._writing:
            if not self._pending:
                return
            batch = tuple(self._pending)
            self._pending.clear()
            # A task of its own: a caller that is cancelled does not take the records of others with it.
            write = asyncio.create_task(self._store(batch))
            self._keep_until_done(write)
            await asyncio.shield(write)

    def flush_soon(self) -> None:
        """Start :meth:`flush` and return: for what must answer even while the database does not."""
        self._keep_until_done(asyncio.create_task(self.flush()))

    async def close(self) -> None:
        """Store what is left."""
        if self._writes:
            await asyncio.wait(self._writes)
        await self.flush()

    def _keep_until_done(self, task: asyncio.Task[None]) -> None:
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def _store(self, batch: Sequence[DispatchRecord]) -> None:
        try:
            async with (
                asyncio.timeout(_TIMEOUT_SECONDS),
                background_session() as session,
                transaction(session),
            ):
                await insert_dispatch_records(session, batch)
                self._unpruned += len(batch)
                if self._unpruned >= _PRUNE_EVERY:
                    await prune_dispatch_records(session, self._keep)
                    self._unpruned = 0
        except Exception:
            self._metrics.audit_failed(len(batch))
            logger.exception("dispatch_audit_dead_letter records=%s", [asdict(record) for record in batch])
