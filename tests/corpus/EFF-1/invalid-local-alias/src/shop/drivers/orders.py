from sqlalchemy.ext.asyncio import AsyncSession
async def save(async_session: "AsyncSession") -> None:
    s = async_session
    finish = s.commit
    await finish()  #! transaction-owner
