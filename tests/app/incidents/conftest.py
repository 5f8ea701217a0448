"""Fixtures of the incident tests: desks of tenants."""

from collections.abc import Awaitable, Callable

import pytest
from incident_desk import Desk
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.models import Tenant

MakeDesk = Callable[[str], Awaitable[Desk]]


@pytest.fixture
def make_desk(session_factory: async_sessionmaker[AsyncSession]) -> MakeDesk:
    """Create a tenant and return its desk."""
    registry = build_registry()

    async def make(tenant_id: str) -> Desk:
        async with session_factory.begin() as session:
            session.add(Tenant(id=tenant_id))
        return Desk(registry, tenant_id)

    return make


@pytest.fixture
async def desk(make_desk: MakeDesk) -> Desk:
    """The usual tenant's desk."""
    return await make_desk("acme")
