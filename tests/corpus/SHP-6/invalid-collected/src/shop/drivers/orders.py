from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def all_of(session: AsyncSession) -> object:
    found = []
    for row in await session.scalars(select(Order)):
        found.append(row)
    return found #! no-rows
