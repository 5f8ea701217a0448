"""Sessions under the names older callers use; both run on the one engine of :mod:`app.db`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import get_async_session, get_async_session_factory


class _LazySessionFactory:
    """Callable like a session factory, but asks for the engine only when called."""

    def __call__(self) -> AsyncSession:
        return get_async_session_factory()()


AsyncSessionLocal = _LazySessionFactory()


@asynccontextmanager
async def async_session_context() -> AsyncIterator[AsyncSession]:
    """Yield a session that never commits by itself; uncommitted work is rolled back on exit."""
    async with get_async_session() as session:
        yield session


__all__ = ["AsyncSessionLocal", "async_session_context"]
