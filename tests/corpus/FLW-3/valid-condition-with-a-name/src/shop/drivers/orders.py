from dataclasses import dataclass

from sqlalchemy import insert, select

from shop.infra.models import Order, OrderLine


@dataclass(frozen=True)
class Line:
    tenant_id: str
    sku: str


class OrdersDriver:
    def __init__(self, session):
        self._session = session

    async def fetch_orders(self, tenant_id, status):
        rows = await self._session.scalars(
            select(Order).where(Order.tenant_id == tenant_id, Order.status == status).order_by(Order.id)
        )
        return [{"id": row.id, "status": row.status} for row in rows]

    async def cancel_order(self, tenant_id, order_id):
        line = _line(tenant_id, order_id)
        nothing_to_do = line is None or not order_id
        if nothing_to_do:
            return
        await self._session.execute(
            insert(OrderLine).values(tenant_id=line.tenant_id, order_id=order_id, sku=line.sku)
        )

    async def add_line(self, tenant_id, order_id, sku):
        self._session.add(OrderLine(tenant_id=tenant_id, order_id=order_id, sku=sku))


def _line(tenant_id, order_id):
    if order_id > 100:
        return Line(tenant_id, "none")
    return None
