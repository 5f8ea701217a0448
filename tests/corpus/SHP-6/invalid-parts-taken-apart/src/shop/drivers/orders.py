from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


import asyncio


async def _page(session: AsyncSession) -> tuple[list[int], int]:
    rows = (await session.scalars(select(Order))).all()
    return rows, len(rows)


async def rows(session: AsyncSession) -> object:
    rows, count = await _page(session)
    return rows #! no-rows


async def order(session: AsyncSession, id: int) -> object:
    order, number = await asyncio.gather(session.get(Order, id), session.scalar(select(func.count(Line.id))))
    return order #! no-rows


async def lines(session: AsyncSession, id: int) -> object:
    return getattr(await session.get(Order, id), "lines") #! no-rows
