from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_MARK = "UPDATE " + "runs" + " SET status = 'noticed' WHERE id = :id"


async def mark(session: AsyncSession, run_id: int) -> None:
    await session.execute(text(_MARK), {"id": run_id})
