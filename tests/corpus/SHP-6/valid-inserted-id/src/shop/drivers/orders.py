from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def add(session: AsyncSession, total: int) -> int:
    made = await session.execute(insert(Order).values(total=total).returning(Order.id))
    return made.scalar_one()


async def put(session: AsyncSession, total: int) -> int:
    row = Order(total=total)
    session.add(row)
    await session.flush()
    return row.id
