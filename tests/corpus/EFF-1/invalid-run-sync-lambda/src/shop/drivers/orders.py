from sqlalchemy.ext.asyncio import AsyncSession
async def save(session: AsyncSession) -> None:
    await session.run_sync(lambda s: s.commit())  #! transaction-owner
