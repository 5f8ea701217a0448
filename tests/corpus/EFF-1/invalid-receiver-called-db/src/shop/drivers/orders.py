from sqlalchemy.ext.asyncio import AsyncSession
async def save(db: AsyncSession) -> None:
    await db.commit()  #! transaction-owner
