from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


class Base:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def _one(self, key: int):
        return await self._session.get(Order, key)


class Driver(Base):
    async def get(self):
        return await self._one(1)  #! no-rows
