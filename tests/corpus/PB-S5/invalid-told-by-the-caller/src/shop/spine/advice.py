from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from shop.drivers.predictions import PredictionDriver
from shop.engines.predictions import predict


async def run(session: AsyncSession, tenant_id: str, moment: datetime) -> None:
    async with session.begin():
        await predict(PredictionDriver(session), tenant_id, as_of=moment)
