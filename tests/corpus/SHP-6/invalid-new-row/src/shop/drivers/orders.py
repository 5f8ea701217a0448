from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


def add(session: AsyncSession, total: int) -> object:
    row = Order(total=total)
    session.add(row)
    return row #! no-rows
