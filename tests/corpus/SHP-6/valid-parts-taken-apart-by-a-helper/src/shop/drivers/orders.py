import asyncio

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def _page(session: AsyncSession) -> tuple[list[Order], int]:
    rows = (await session.scalars(select(Order))).all()
    return rows, len(rows)


async def _total(session: AsyncSession) -> object:
    rows, count = await _page(session)
    return count


async def total(session: AsyncSession) -> object:
    return await _total(session)


async def _both(session: AsyncSession, id: int) -> object:
    order, number = await asyncio.gather(session.get(Order, id), session.scalar(select(func.count(Line.id))))
    return number


async def both(session: AsyncSession, id: int) -> object:
    return await _both(session, id)


async def _second(session: AsyncSession) -> object:
    row = await session.execute(select(Order, func.count(Line.id)).join(Line))
    order, count = row.one()
    return count


async def second(session: AsyncSession) -> object:
    return await _second(session)


async def _numbers(session: AsyncSession, id: int) -> object:
    order = await session.get(Order, id)
    found = [(order, line) for line in (1, 2)]
    return [line for _, line in found]


async def numbers(session: AsyncSession, id: int) -> object:
    return await _numbers(session, id)


def _dig(row: Order, name: str) -> int:
    return getattr(row, "total")


def attribute(row: Order, name: str) -> int:
    return _dig(row, name)


async def pairs(session: AsyncSession, id: int) -> object:
    order = await session.get(Order, id)
    return [number for _, number in sorted([(order, 1), (order, 2)])]
