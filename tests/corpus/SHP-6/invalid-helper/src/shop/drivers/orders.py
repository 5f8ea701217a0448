from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


async def _load(session: AsyncSession, id: int):
    return await session.get(Order, id)


class Driver:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: int):
        return await _load(self._session, id) #! no-rows
