from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy import select

from shop.models import Order
async def decide(session: AsyncSession) -> list[Order]:
    return list(await session.scalars(select(Order)))  #! engines-run-no-statement
