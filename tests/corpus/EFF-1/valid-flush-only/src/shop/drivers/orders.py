from sqlalchemy.ext.asyncio import AsyncSession
async def save(session: AsyncSession) -> None:
    """Never calls session.commit(): the operation does."""
    # await session.commit()
    await session.flush()
