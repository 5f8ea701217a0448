from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def get(session: AsyncSession):
    rows = (await session.scalars(select(Order))).all()
    return sorted(rows, key=lambda r: r.id)  #! no-rows
