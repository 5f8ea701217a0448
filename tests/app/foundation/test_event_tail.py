"""Reading events in order, without being a consumer."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from stored_events import Factory, eventually, store

from app.hoc.cus.hoc_spine.orchestrator.event_tail import tail_events


async def test_tailing_shows_events_in_order_and_marks_nothing(outbox: Factory) -> None:
    await store(outbox, "acme", 3)
    await store(outbox, "globex", 2)

    async def shown(**chosen: Any) -> list[tuple[str, int]]:
        return [(event["tenant_id"], event["sequence_no"]) async for event in tail_events(**chosen)]

    assert await shown() == [("acme", 1), ("acme", 2), ("acme", 3), ("globex", 1), ("globex", 2)]
    assert await shown(tenant_id="globex", first=2) == [("globex", 2)]
    assert await shown(project_id="elsewhere") == []
    assert await shown(event_types=["incidents.IncidentOpened"]) == []
    assert len(await shown(event_types=["analytics.AnomalyClosed"])) == 5
    async with outbox() as session:
        assert await session.scalar(text("SELECT count(*) FROM event_cursors")) == 0


async def test_following_shows_what_comes_later(outbox: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.hoc.cus.hoc_spine.orchestrator.event_tail._POLL_SECONDS", 0.01)
    await store(outbox, "acme")
    seen: list[tuple[str, int]] = []

    async def follow() -> None:
        async for event in tail_events(follow=True):
            seen.append((event["tenant_id"], event["sequence_no"]))

    following = asyncio.create_task(follow())
    await store(outbox, "globex")
    await store(outbox, "acme")

    async def all_seen() -> bool:
        return len(seen) == 3

    await eventually(all_seen)
    following.cancel()
    # Cut off while it polls, it has a connection to give back before the engine goes.
    await asyncio.wait([following], timeout=30)
    assert following.cancelled()
    assert sorted(seen) == [("acme", 1), ("acme", 2), ("globex", 1)]
