# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Give callers of operations a database session without letting them know the database.
# Callers: app.hoc.api.cus.http.dependencies
# Allowed Imports: L4, app.db, sqlalchemy
# Forbidden Imports: L2
"""Give callers of operations a database session without letting them know the database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import get_async_session


@dataclass(frozen=True, slots=True)
class OperationSession:
    """A database session on its way through L2 to an operation: something to hand on, nothing to query with."""

    session: AsyncSession


async def provide_session() -> AsyncIterator[OperationSession]:
    """Yield a session for one operation. No transaction is open yet: the operation begins and commits its
    own.
    """
    async with get_async_session() as session:
        yield OperationSession(session)


async def provide_read_session() -> AsyncIterator[OperationSession]:
    """Yield a session for one reading operation; the database refuses writes on it."""
    async with get_async_session(read_only=True) as session:
        yield OperationSession(session)
