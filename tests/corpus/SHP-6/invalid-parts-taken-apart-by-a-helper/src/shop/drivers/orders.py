from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Order


async def _first(session: AsyncSession, id: int) -> object:
    order = await session.get(Order, id)
    found = [(line, order) for line in (1, 2)]
    return [row for _, row in found]


async def first(session: AsyncSession, id: int) -> object:
    return await _first(session, id)  #! no-rows


async def pairs(session: AsyncSession, id: int) -> object:
    order = await session.get(Order, id)
    return [row for _, row in sorted([(1, order), (2, order)])]  #! no-rows


async def filled(session: AsyncSession, id: int) -> object:
    order = await session.get(Order, id)
    found = [(order, 1)]
    found.append((2, order))
    return [row for _, row in found]  #! no-rows
