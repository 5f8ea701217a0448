from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def get(session: AsyncSession) -> int:
    found = await session.get(Order, 1)
    total = found.total if found is not None else 0
    return total
