from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    id: int
    order: Order


async def get(session: AsyncSession, id: int) -> Found: #! no-rows
    ...
