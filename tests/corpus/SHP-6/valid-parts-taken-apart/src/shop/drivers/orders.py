from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


import asyncio

from pydantic import BaseModel


class Detail(BaseModel):
    total: int
    lines: list[int]


async def _page(session: AsyncSession) -> tuple[list[Order], int]:
    rows = (await session.scalars(select(Order))).all()
    return rows, len(rows)


async def total(session: AsyncSession) -> object:
    rows, count = await _page(session)
    return count


async def both(session: AsyncSession, id: int) -> object:
    order, number = await asyncio.gather(session.get(Order, id), session.scalar(select(func.count(Line.id))))
    return number


async def second(session: AsyncSession) -> object:
    row = await session.execute(select(Order, func.count(Line.id)).join(Line))
    order, count = row.one()
    return count


async def detail(session: AsyncSession, id: int) -> Detail:
    order = await session.get(Order, id)
    found = [(order, line) for line in (1, 2)]
    return Detail(total=order.total, lines=[line for _, line in found])


def attribute(row: Order, name: str) -> int:
    return getattr(row, "total")
