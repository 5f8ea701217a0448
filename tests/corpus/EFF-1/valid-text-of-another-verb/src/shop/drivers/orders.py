from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
async def save(session: AsyncSession) -> None:
    await session.execute(text("UPDATE orders SET state = 'COMMIT; ROLLBACK' -- COMMIT"))
