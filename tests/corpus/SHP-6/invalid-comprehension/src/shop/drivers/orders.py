from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def all_of(session: AsyncSession) -> list[object]:
    found = await session.scalars(select(Order))
    return [row for row in found if row.total] #! no-rows
