from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def totals(session: AsyncSession) -> dict[int, int]:
    rows = (await session.scalars(select(Order))).all()
    return {row.id: row.total for row in rows}
