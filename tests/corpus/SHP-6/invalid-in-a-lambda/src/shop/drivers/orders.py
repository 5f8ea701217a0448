from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def get(session: AsyncSession):
    one = lambda key: session.get(Order, key)
    return await one(1)  #! no-rows
