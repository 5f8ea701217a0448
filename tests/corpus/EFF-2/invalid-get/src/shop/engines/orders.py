from sqlalchemy.ext.asyncio import AsyncSession
from shop.models import Order
async def decide(session: AsyncSession) -> Order | None:
    return await session.get(Order, 1)  #! engines-run-no-statement
