from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


from shop.schemas.orders import Found


async def get(session: AsyncSession, id: int) -> object:
    row = await session.get(Order, id)
    return Found(id, row) #! no-rows
