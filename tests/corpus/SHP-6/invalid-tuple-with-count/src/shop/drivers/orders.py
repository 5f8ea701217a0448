from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def page(session: AsyncSession) -> tuple[list[object], int]:
    rows = (await session.scalars(select(Order))).all()
    count = await session.scalar(select(func.count()).select_from(Order))
    return rows, count #! no-rows
