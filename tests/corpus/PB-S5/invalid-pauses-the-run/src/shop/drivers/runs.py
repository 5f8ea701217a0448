from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Run


class RunDriver:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def pause(self, tenant_id: str) -> None:
        await self._session.execute(update(Run).where(Run.tenant_id == tenant_id).values(status="paused"))
