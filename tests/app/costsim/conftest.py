"""What the cost simulation tests share: tenants to write for and a second session to look with."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.hoc.cus.hoc_spine.auth.key_service import create_tenant

TENANTS = ("tenant-a", "tenant-b")


@pytest_asyncio.fixture
async def tenants(session_factory: async_sessionmaker[AsyncSession]) -> tuple[str, str]:
    """Two tenants in the database."""
    for tenant in TENANTS:
        await create_tenant(tenant)
    return TENANTS


@pytest_asyncio.fixture
async def other_session(session_factory: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """A session that sees only what others committed."""
    async with session_factory() as opened:
        yield opened
