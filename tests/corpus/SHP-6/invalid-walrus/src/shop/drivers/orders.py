from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def get(session: AsyncSession):
    if (row := await session.get(Order, 1)) is not None:
        return row  #! no-rows
    return 0
