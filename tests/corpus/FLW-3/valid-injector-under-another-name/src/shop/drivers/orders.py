from sqlalchemy import select, update

from shop.infra.models import Order, OrderLine


class OrdersDriver:
    def __init__(self, session):
        self._session = session

    async def fetch_orders(self, tenant_id, status):
        rows = await self._session.scalars(
            select(Order).where(Order.tenant_id == tenant_id, Order.status == status).order_by(Order.id)
        )
        return [{"id": row.id, "status": row.status} for row in rows]

    async def cancel_order(self, tenant_id, order_id):
        await self._session.execute(
            update(Order).where(Order.tenant_id == tenant_id, Order.id == order_id).values(status="cancelled")
        )

    async def add_line(self, tenant_id, order_id, sku):
        self._session.add(OrderLine(tenant_id=tenant_id, order_id=order_id, sku=sku))
