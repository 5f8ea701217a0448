from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import PatternFeedback, Run


class PatternDriver:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_failed(self, tenant_id: str, until: datetime) -> list[int]:
        found = await self._session.scalars(
            select(Run.id)
            .where(Run.tenant_id == tenant_id, Run.status == "failed", Run.started_at <= until)
            .order_by(Run.id)
        )
        return list(found)

    async def forget(self, run_ids: list[int]) -> None:
        await self._session.execute(delete(Run).where(Run.id.in_(run_ids)))  #! patterns-only-record-feedback

    async def record(self, tenant_id: str, key: str, count: int) -> None:
        self._session.add(PatternFeedback(id=key, tenant_id=tenant_id, pattern="failures", run_count=count))
        await self._session.flush()
