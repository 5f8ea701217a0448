from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def get(session: AsyncSession, id: int) -> Order | None: #! no-rows
    return await session.get(Order, id)
