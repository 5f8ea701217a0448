from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


from shop.elsewhere import load


async def get(session: AsyncSession, id: int):
    return await load(session, id) #? no-rows
