from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models.orders import Line, Order


from sqlalchemy import Select


def open_orders() -> Select[tuple[Order]]:
    return select(Order).where(Order.total > 0)


async def totals(session: AsyncSession) -> list[int]:
    statement = open_orders()
    return [row.total for row in await session.scalars(statement)]
