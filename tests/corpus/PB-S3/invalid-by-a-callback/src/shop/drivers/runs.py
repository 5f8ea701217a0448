from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Run


class RunDriver:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def stop(self, run_id: int) -> None:
        await self._session.execute(update(Run).where(Run.id == run_id).values(status="stopped"))
