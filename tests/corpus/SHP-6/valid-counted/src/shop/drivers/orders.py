from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def count(session: AsyncSession) -> int:
    rows = (await session.scalars(select(Order))).all()
    return len(rows)
