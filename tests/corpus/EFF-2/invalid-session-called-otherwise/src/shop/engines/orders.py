from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy import select

from shop.models import Order
class Engine:
    def __init__(self, sess: AsyncSession) -> None:
        self._sess = sess

    async def decide(self) -> None:
        await self._sess.execute(select(Order))  #! engines-run-no-statement
