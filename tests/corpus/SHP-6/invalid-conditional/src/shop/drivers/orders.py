from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def get(session: AsyncSession, plain: bool):
    row = await session.get(Order, 1)
    return row.id if plain else row  #! no-rows
