# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Publishes committed events to consumers, at least once and in order, and marks them.
# Callers: app.main, spine bootstrap, system_handler
# Allowed Imports: L4, app.infra
# Forbidden Imports: L2
"""The relay between the outbox and its consumers.

Per consumer and stream there is a cursor. A round claims the cursor's row, publishes what comes after it and moves
it, in one transaction: a relay that dies between publishing and marking leaves the cursor where it was, so the
events come again; several relays skip each other's streams, so none publishes a stream out of order.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from app.hoc.cus.hoc_spine.drivers.event_cursor_driver import (
    Stream,
    advance_cursor,
    claim_cursor,
    streams_with_backlog,
)
from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import read_events
from app.hoc.cus.hoc_spine.orchestrator.event_consumer import EventConsumer
from app.hoc.cus.hoc_spine.orchestrator.session_provider import background_session
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction
from app.infra.metrics import ServiceMetrics
from app.infra.time import monotonic_ms, utc_now

logger = logging.getLogger(__name__)

BATCH = 100
POLL_SECONDS = 0.5
_PUBLISH_TIMEOUT_SECONDS = 10.0
_STOP_SECONDS = 15.0
_LONGEST_REST_SECONDS = 60.0
# A round may wait for the database; one that takes longer than this is a relay that does not work.
_ALIVE_SECONDS = 60.0


class EventRelay:
    """One per process; any number of processes may run one on the same database."""

    def __init__(self, consumers: Sequence[EventConsumer], metrics: ServiceMetrics) -> None:
        self.consumers = tuple(consumers)
        self._metrics = metrics
        self._task: asyncio.Task[None] | None = None
        self._last_round_ms = 0.0
        self._backoff = _Backoff()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Publish in the background until the block ends; then one more round, so that what the block caused
        is out.
        """
        self._last_round_ms = monotonic_ms()
        stop = asyncio.Event()
        self._task = asyncio.create_task(self._run(stop), name="event-relay")
        try:
            yield
        finally:
            # A batch that is being published is published to its end, or its consumer would get it again.
            stop.set()
            _, late = await asyncio.wait([self._task], timeout=_STOP_SECONDS)
            for task in late:
                # It has a connection to give back, which takes as long as the engine is there: waiting later is for ever.
                task.cancel()
                await asyncio.wait([task], timeout=_STOP_SECONDS)
            self._task = None
            await self.publish_all()

    def is_alive(self) -> bool:
        """Whether the relay runs and a round ended lately."""
        if self._task is None or self._task.done():
            return False
        return monotonic_ms() - self._last_round_ms < _ALIVE_SECONDS * 1000

    async def publish_all(self, *, retry_at_once: bool = True) -> int:
        """Publish until every stream is at its end, held by another relay, or failing; returns how many events
        were published. Never raises: failures are logged, counted and tried again next time. Without
        ``retry_at_once``, what has failed is left alone for a while, the longer the more often it has.
        """
        published = 0
        for consumer in self.consumers:
            outbox = (consumer.name, None)
            if not retry_at_once and self._backoff.rests(outbox):
                continue
            try:
                async with background_session(read_only=True) as session:
                    streams = await streams_with_backlog(session, consumer.name)
                self._backoff.succeeded(outbox)
            except Exception:
                self._backoff.failed(outbox)
                logger.exception("The relay cannot read the outbox for %s", consumer.name)
                continue
            for stream in streams:
                if retry_at_once or not self._backoff.rests((consumer.name, stream)):
                    published += await self._publish_stream(consumer, stream)
        return published

    async def _publish_stream(self, consumer: EventConsumer, stream: Stream) -> int:
        published = 0
        try:
            while batch := await self._publish_batch(consumer, stream):
                published += batch
                if batch < BATCH:
                    break
            self._backoff.succeeded((consumer.name, stream))
        except Exception:
            self._backoff.failed((consumer.name, stream))
            self._metrics.publishing_failed(consumer.name)
            logger.exception(
                "Events were not taken and will come again: consumer=%s tenant=%s project=%s",
                consumer.name,
                stream.tenant_id,
                stream.project_id,
            )
        return published

    async def _publish_batch(self, consumer: EventConsumer, stream: Stream) -> int:
        async with background_session() as session, transaction(session):
            through = await claim_cursor(session, consumer.name, stream)
            if through is None:
                return 0
            events = await read_events(
                session, stream.tenant_id, stream.project_id, after=through, limit=BATCH
            )
            if not events:
                return 0
            async with asyncio.timeout(_PUBLISH_TIMEOUT_SECONDS):
                await consumer.publish(events)
            await advance_cursor(
                session, consumer.name, stream, through=events[-1]["sequence_no"], at=utc_now()
            )
        self._metrics.events_published(consumer.name, len(events))
        return len(events)

    async def _run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.publish_all(retry_at_once=False)
            self._last_round_ms = monotonic_ms()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL_SECONDS)


class _Backoff:
    """How long what failed is left alone: a second, then twice as long each time, at most a minute."""

    def __init__(self) -> None:
        self._failures: dict[tuple[str, Stream | None], tuple[int, float]] = {}

    def rests(self, what: tuple[str, Stream | None]) -> bool:
        """Whether it is too early to try again."""
        return what in self._failures and monotonic_ms() < self._failures[what][1]

    def failed(self, what: tuple[str, Stream | None]) -> None:
        """Note a failure."""
        times = self._failures.get(what, (0, 0.0))[0] + 1
        seconds = min(_LONGEST_REST_SECONDS, 2.0 ** (min(times, 10) - 1))
        self._failures[what] = (times, monotonic_ms() + seconds * 1000)

    def succeeded(self, what: tuple[str, Stream | None]) -> None:
        """Forget its failures."""
        self._failures.pop(what, None)
