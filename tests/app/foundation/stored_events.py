"""Events of tenants in the outbox."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import append_event
from app.hoc.cus.hoc_spine.orchestrator.events import build_event

Factory = async_sessionmaker[AsyncSession]
TENANTS = ("acme", "globex", "initech")


def an_event(tenant: str, number: int = 0) -> dict[str, Any]:
    return build_event(
        "analytics.AnomalyClosed",
        tenant_id=tenant,
        actor_type="user",
        actor_id="alice",
        decision_owner="analytics",
        occurred_at=datetime(2026, 3, 21, tzinfo=UTC),
        anomaly_id=f"a{number}",
        anomaly_status="resolved",
    )


async def store(factory: Factory, tenant: str, count: int = 1) -> None:
    for number in range(count):
        async with factory() as session, session.begin():
            await append_event(session, an_event(tenant, number))


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(500):
        if await holds():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not come about")
