from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def totals(session: AsyncSession) -> list[tuple[int, int]]:
    rows = await session.execute(select(Order.id, Order.total))
    return [(id, total) for id, total in rows]


async def counts(session: AsyncSession) -> dict[int, int]:
    rows = await session.execute(select(Order, func.count(Line.id)).join(Line).group_by(Order.id))
    return {order.id: count for order, count in rows}


async def number(session: AsyncSession) -> int:
    return len((await session.scalars(select(Order))).all())


async def exists(session: AsyncSession, id: int) -> bool:
    return await session.get(Order, id) is not None
