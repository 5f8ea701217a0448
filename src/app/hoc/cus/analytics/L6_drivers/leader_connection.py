# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: A session on a connection of its own, outside the pool and in autocommit, for holding a lock.
# Callers: L6 leader
# Allowed Imports: app.db, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: none
# Writes: none
"""The dedicated connection of a leader.

Outside the pool, because closing a pooled connection only returns it, with its session-level locks still
held. In autocommit, because a lock held for minutes must not be a transaction held for minutes; for the same
reason there is nothing to commit. The connection must reach the server directly: behind a transaction-pooling
proxy a lock belongs to whoever is served next.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from app.db import database_url

_SQLITE_WAIT_SECONDS = 5.0


@asynccontextmanager
async def dedicated_session() -> AsyncIterator[AsyncSession]:
    """Yield a session whose connection is really closed at the end, whatever happened on it."""
    target = database_url()
    arguments = dict(target.connect_args)
    if target.is_sqlite:
        arguments["timeout"] = _SQLITE_WAIT_SECONDS
    engine = create_async_engine(
        target.url, connect_args=arguments, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    session = AsyncSession(engine, expire_on_commit=False)
    try:
        yield session
    finally:
        try:
            await session.close()
        finally:
            await engine.dispose()
