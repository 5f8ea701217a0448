from sqlalchemy import insert, select, text

from shop.infra.models import Order, OrderLine


class OrdersDriver:
    def __init__(self, session):
        self._session = session

    async def fetch_orders(self, tenant_id, status):
        await self._session.execute(text("PRAGMA query_only=ON"))
        rows = await self._session.scalars(
            select(Order).where(Order.tenant_id == tenant_id, Order.status == status).order_by(Order.id)
        )
        return [{"id": row.id, "status": row.status} for row in rows]

    async def cancel_order(self, tenant_id, order_id):
        line = _line("cancelled", tenant_id, order_id)
        await self._session.execute(  #! rows-of-the-tenant
            insert(OrderLine).values(tenant_id=line["tenant_id"], order_id=order_id, sku=line["sku"])
        )

    async def add_line(self, tenant_id, order_id, sku):
        self._session.add(OrderLine(tenant_id=tenant_id, order_id=order_id, sku=sku))


def _line(kind, tenant_id, order_id):
    match kind:
        case "cancelled":
            return {"tenant_id": tenant_id, "sku": "none"}
        case "refunded":
            return {"tenant_id": str(order_id), "sku": "money"}
