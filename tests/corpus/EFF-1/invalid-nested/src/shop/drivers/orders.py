from sqlalchemy.ext.asyncio import AsyncSession
class Driver:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save(self) -> None:
        async with self._session.begin_nested():  #! transaction-owner
            await self._session.flush()
