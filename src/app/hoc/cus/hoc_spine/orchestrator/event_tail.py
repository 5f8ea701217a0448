# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Reads the outbox in order and, if asked, waits for more; marks nothing.
# Callers: app.events_cli
# Allowed Imports: L4
# Forbidden Imports: L2
"""Reading along with the outbox. Within a stream events come in the order of their numbers and without gaps; which
stream comes first is of no meaning.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Any

from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import list_streams, read_events
from app.hoc.cus.hoc_spine.orchestrator.session_provider import background_session

_BATCH = 100
_POLL_SECONDS = 0.5


async def tail_events(
    *,
    tenant_id: str | None = None,
    project_id: str | None = None,
    event_types: Collection[str] = (),
    first: int = 1,
    follow: bool = False,
) -> AsyncIterator[dict[str, Any]]:
    """Yield the committed events with a number of at least ``first`` (per stream): of all tenants and types, or
    those named. Without ``follow`` it ends with the last one, with it never.
    """
    seen: dict[tuple[str, str], int] = {}
    while True:
        async with background_session(read_only=True) as session:
            streams = await list_streams(session, tenant_id=tenant_id, project_id=project_id)
        for stream in streams:
            while True:
                async with background_session(read_only=True) as session:
                    batch = await read_events(
                        session, *stream, after=seen.get(stream, first - 1), limit=_BATCH
                    )
                if not batch:
                    break
                seen[stream] = batch[-1]["sequence_no"]
                for event in batch:
                    if not event_types or event["event_type"] in event_types:
                        yield event
        if not follow:
            return
        await asyncio.sleep(_POLL_SECONDS)
