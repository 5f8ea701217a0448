from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Prediction, Run
from shop.schemas.prediction import NewPrediction


class PredictionDriver:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count_failed(self, tenant_id: str, until: datetime) -> int:
        found = await self._session.scalar(
            select(func.count()).select_from(Run).where(Run.tenant_id == tenant_id, Run.started_at <= until)
        )
        return found or 0

    async def insert(self, new: NewPrediction) -> None:
        self._session.add(
            Prediction(
                id=new.id,
                tenant_id=new.tenant_id,
                confidence=new.confidence,
                is_advisory=True,
                expires_at=new.expires_at,
            )
        )
        await self._session.flush()
