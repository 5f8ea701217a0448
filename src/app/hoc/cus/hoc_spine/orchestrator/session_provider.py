# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Give callers of operations a database session without letting them know the database, and end what they leave.
# Callers: app.hoc.api.cus.http.dependencies, spine dispatch_audit, event_relay, event_tail, operation,
#          operation_registry
# Allowed Imports: L4, app.db, app.infra, sqlalchemy
# Forbidden Imports: L2
"""Give callers of operations a database session without letting them know the database."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import get_async_session, get_async_session_factory
from app.infra.request_id import current_request_id

logger = logging.getLogger(__name__)

# Marks the connections of what runs beside operations, for whoever watches the statements of operations.
BACKGROUND = "hoc_background"


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


@asynccontextmanager
async def background_session(*, read_only: bool = False) -> AsyncIterator[AsyncSession]:
    """Yield a session for work beside operations: their audit, the relay. It never commits by itself."""
    factory = get_async_session_factory(read_only=read_only)
    bind = factory.kw["bind"].execution_options(**{BACKGROUND: True})
    async with factory(bind=bind) as session:
        yield session


async def end_transaction(session: AsyncSession) -> None:
    """End a transaction that a handler began and left open: reads do, and what nobody committed is undone."""
    try:
        if session.in_transaction():
            await session.rollback()
    except Exception:
        logger.exception("A transaction could not be ended; request=%s", current_request_id())
