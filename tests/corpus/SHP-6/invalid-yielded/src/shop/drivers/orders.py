from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def stream(session: AsyncSession):
    async for row in await session.stream_scalars(select(Order)):
        yield row #! no-rows
