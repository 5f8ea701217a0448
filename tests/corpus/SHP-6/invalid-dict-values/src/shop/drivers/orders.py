from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def by_id(session: AsyncSession) -> dict[int, object]:
    return {row.id: row for row in await session.scalars(select(Order))} #! no-rows
