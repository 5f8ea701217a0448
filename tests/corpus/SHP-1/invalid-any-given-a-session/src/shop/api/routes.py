from sqlalchemy.ext.asyncio import AsyncSession

from shop.engines.orders import decide


async def route(session: AsyncSession) -> int:
    return await decide(session)
