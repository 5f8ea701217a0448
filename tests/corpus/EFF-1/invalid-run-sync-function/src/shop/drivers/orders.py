from sqlalchemy.ext.asyncio import AsyncSession
from shop.infra.work import finish
async def save(session: AsyncSession) -> None:
    await session.run_sync(finish)  #! transaction-owner
