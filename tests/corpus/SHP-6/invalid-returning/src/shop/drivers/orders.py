from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def add(session: AsyncSession, total: int):
    made = await session.execute(insert(Order).values(total=total).returning(Order))
    return made.scalar_one() #! no-rows
