from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Window:
    as_of: datetime
    limit: int = 50


class OrdersEngine:
    def __init__(self, driver):
        self._driver = driver

    async def list_orders(self, tenant_id, *, as_of, limit):
        return await self._driver.fetch_orders(tenant_id, Window(as_of=as_of, limit=limit))

    async def count_orders(self, tenant_id, *, as_of):
        return await self._driver.count_orders(tenant_id, as_of)
