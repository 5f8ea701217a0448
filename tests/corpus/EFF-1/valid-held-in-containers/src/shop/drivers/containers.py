from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession


class Batch:
    async def commit(self) -> None: ...


async def another_key(session: AsyncSession) -> None:
    ways = {"save": session.flush, "end": print}
    await ways["save"]()


async def another_place(session: AsyncSession, batch: Batch) -> None:
    await (session, batch)[1].commit()
    await (session, batch)[-1].commit()


async def batches(batches: Mapping[str, Batch], session: AsyncSession) -> None:
    for name, batch in batches.items():
        await batch.commit()
    [await one.commit() for one in batches.values()]
    _, first = next(iter(batches.items()))
    await first.commit()
    if found := batches.get("eu"):
        await found.commit()
    await session.flush()


async def flushed(sessions: list[AsyncSession]) -> None:
    for session in sessions:
        await session.flush()
