# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: What takes published events, and the consumer every service has: the log.
# Callers: spine event_relay, app.main
# Allowed Imports: none
# Forbidden Imports: L2
"""Consumers of published events."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

logger = logging.getLogger("hoc.events")


class EventConsumer(Protocol):
    """Takes events of one stream at a time, in the order of their numbers.

    At least once: after a crash a batch comes again, from the first event that was not marked. Whoever must not
    act twice remembers the last ``sequence_no`` per tenant and project, or the ``event_id``.
    """

    @property
    def name(self) -> str:
        """What its cursors are stored under, at most 50 characters; never change it."""
        ...

    async def publish(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Take a batch: it counts as published when this returns. Whatever is raised brings it again later.

        Be quick: the stream is locked meanwhile, and on SQLite all writing.
        """
        ...


class LogConsumer:
    """Writes each event to the log ``hoc.events``, all fields as fields: the log shipper is the subscriber."""

    name = "log"

    async def publish(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Log a batch."""
        for event in events:
            logger.info(
                "event type=%s tenant=%s project=%s sequence_no=%s id=%s",
                event["event_type"],
                event["tenant_id"],
                event["project_id"],
                event["sequence_no"],
                event["event_id"],
                extra={"event": "outbox.published", "payload": dict(event)},
            )
