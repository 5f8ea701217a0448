from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.infra.models import Order


def _rows(session, tenant_id, as_of, limit):
    rows = session.scalars(
        select(Order)
        .where(Order.tenant_id == tenant_id, Order.created_at <= as_of)
        .order_by(Order.created_at.desc(), Order.id)
        .limit(limit)
    )
    return [{"id": row.id, "status": row.status} for row in rows]


class OrdersDriver:
    def __init__(self, session: AsyncSession):
        self._session = session

    async def fetch_orders(self, tenant_id, as_of, limit):
        return await self._session.run_sync(lambda session: _rows(session, tenant_id, as_of, limit))

    async def count_orders(self, tenant_id, as_of):
        return await self._session.scalar(
            select(func.count()).select_from(Order).where(Order.tenant_id == tenant_id, Order.created_at <= as_of)
        )
