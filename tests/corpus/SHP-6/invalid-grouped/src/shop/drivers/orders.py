from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def by_total(session: AsyncSession) -> object:
    groups = {}
    for row in await session.scalars(select(Order)):
        groups.setdefault(row.total, []).append(row)
    return groups #! no-rows
