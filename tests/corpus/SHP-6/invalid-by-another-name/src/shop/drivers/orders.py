from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


Row = Order


async def get(session: AsyncSession):
    found = await session.get(Row, 1)
    return found  #! no-rows
