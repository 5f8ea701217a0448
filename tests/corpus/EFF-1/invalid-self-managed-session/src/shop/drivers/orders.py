from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
SESSIONS = async_sessionmaker()


async def save(session: AsyncSession | None = None) -> None:
    if session is None:
        async with SESSIONS() as own:
            await own.commit()  #! transaction-owner
