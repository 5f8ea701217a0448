from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from shop.drivers.patterns import PatternDriver
from shop.engines.patterns import detect_failures


async def detect(session: AsyncSession, tenant_id: str, moment: datetime) -> int:
    async with session.begin():
        return await detect_failures(PatternDriver(session), tenant_id, as_of=moment)
