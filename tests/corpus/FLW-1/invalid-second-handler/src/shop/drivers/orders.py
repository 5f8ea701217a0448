from sqlalchemy import func, select

from shop.infra.models import Order


class OrdersDriver:
    def __init__(self, session):
        self._session = session

    async def fetch_orders(self, tenant_id, as_of, limit):
        rows = await self._session.scalars(  #! as-of-end-to-end
            select(Order)
            .where(Order.tenant_id == tenant_id, Order.created_at <= as_of)
            .order_by(Order.created_at.desc(), Order.id)
            .limit(limit)
        )
        return [{"id": row.id, "status": row.status} for row in rows]

    async def count_orders(self, tenant_id, as_of):
        return await self._session.scalar(
            select(func.count()).select_from(Order).where(Order.tenant_id == tenant_id, Order.created_at <= as_of)
        )
