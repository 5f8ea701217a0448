from sqlalchemy.ext.asyncio import AsyncSession
from shop.drivers.orders import store, store_all
from shop.models import Feedback
async def detect_late(session: AsyncSession) -> None:
    row = Feedback(id=1)
    await session.run_sync(store, row)
    await session.run_sync(store_all, row=Feedback(id=2))
