from sqlalchemy.ext.asyncio import AsyncSession
class Driver:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save(self) -> None:
        await self._session.commit()  #! transaction-owner
