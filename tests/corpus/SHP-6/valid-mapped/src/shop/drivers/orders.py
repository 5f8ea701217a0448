from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


from shop.schemas.orders import OrderRow, to_row


async def get(session: AsyncSession, id: int) -> OrderRow | None:
    row = await session.get(Order, id)
    return None if row is None else to_row(row)


async def all_of(session: AsyncSession) -> list[OrderRow]:
    return [to_row(row) for row in await session.scalars(select(Order))]


async def mapped(session: AsyncSession) -> list[OrderRow]:
    return list(map(to_row, await session.scalars(select(Order))))
