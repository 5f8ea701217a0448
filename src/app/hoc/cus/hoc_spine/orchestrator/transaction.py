# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Begins and commits the transactions of the service; nothing else does.
# Callers: spine key_service, app.hoc.cus.hoc_spine.orchestrator.**
# Allowed Imports: sqlalchemy
# Forbidden Imports: L2
"""The one way to a transaction. It commits in a statement of its own, not on leaving ``session.begin()``: so contracts see
what stands before the commit and what behind it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession


@asynccontextmanager
async def transaction(session: AsyncSession) -> AsyncIterator[None]:
    """Begin a transaction and commit it at the end of the block; what the block raises undoes all of it.

    Raises ``InvalidRequestError`` when one is open already, and what the database raises at the commit.
    """
    await session.begin()
    try:
        yield
        await session.commit()
    except BaseException:
        await session.rollback()
        raise
