from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def pairs(session: AsyncSession) -> list[object]:
    rows = await session.execute(select(Order, func.count(Line.id)).join(Line).group_by(Order.id))
    return [order for order, count in rows] #! no-rows
