from sqlalchemy.ext.asyncio import AsyncSession

from shop.engines.registry import execute


async def create_order(session: AsyncSession) -> object:
    return execute("orders.create", params={"sync_session": session}) #! writes-pass-a-sync-session
