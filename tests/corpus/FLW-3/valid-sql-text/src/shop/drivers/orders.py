from sqlalchemy import text

from shop.infra.models import Order, OrderLine


class OrdersDriver:
    def __init__(self, session):
        self._session = session

    async def fetch_orders(self, tenant_id, status):
        statement = text("SELECT id, status FROM orders WHERE tenant_id = :tenant AND status = :status ORDER BY id")
        rows = await self._session.execute(statement, {"tenant": tenant_id, "status": status})
        return [{"id": row.id, "status": row.status} for row in rows]

    async def cancel_order(self, tenant_id, order_id):
        statement = text("UPDATE orders SET status = 'cancelled' WHERE orders.tenant_id = :t AND id = :i")
        await self._session.execute(statement, {"t": tenant_id, "i": order_id})

    async def add_line(self, tenant_id, order_id, sku):
        statement = text("INSERT INTO order_lines (tenant_id, order_id, sku) VALUES (:t, :o, :s)")
        await self._session.execute(statement, {"t": tenant_id, "o": order_id, "s": sku})
