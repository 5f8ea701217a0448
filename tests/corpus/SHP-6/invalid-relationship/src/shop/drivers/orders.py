from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def lines(session: AsyncSession, id: int) -> list[object]:
    order = await session.get(Order, id)
    return list(order.lines) #! no-rows
