from sqlalchemy.ext.asyncio import AsyncSession
async def run(session: AsyncSession) -> None:
    async with session.begin():
        await session.flush()
