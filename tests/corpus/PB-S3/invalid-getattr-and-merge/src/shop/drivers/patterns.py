from datetime import datetime

from sqlalchemy import select
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
        failed = list(found)
        for run_id in failed:
            await getattr(self._session, "mer" + "ge")(Run(id=run_id, status="noticed"))  #! patterns-only-record-feedback
        return failed

    async def record(self, tenant_id: str, key: str, count: int) -> None:
        self._session.add(PatternFeedback(id=key, tenant_id=tenant_id, pattern="failures", run_count=count))
        await self._session.flush()
