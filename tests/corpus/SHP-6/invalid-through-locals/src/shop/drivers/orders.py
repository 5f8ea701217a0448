from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def all_of(session: AsyncSession) -> list:
    statement = select(Order).where(Order.total > 3)
    statement = statement.limit(5)
    result = await session.execute(statement)
    rows = list(result.scalars())
    return rows #! no-rows
