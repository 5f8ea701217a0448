from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def all_of(session: AsyncSession):
    return await session.run_sync(lambda own: own.scalars(select(Order)).all()) #! no-rows
