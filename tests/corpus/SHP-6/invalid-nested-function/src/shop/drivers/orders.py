from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def get(session: AsyncSession):
    async def load():
        return await session.get(Order, 1)

    return await load()  #! no-rows
