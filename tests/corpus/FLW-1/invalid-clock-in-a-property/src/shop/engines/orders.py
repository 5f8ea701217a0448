import time


class OrdersEngine:
    started = 0

    def __init__(self, driver):
        self._driver = driver

    async def list_orders(self, tenant_id, *, as_of, limit):
        orders = await self._driver.fetch_orders(tenant_id, as_of, limit)
        return {"orders": orders, "age": self._age}

    @property
    def _age(self):
        return time.time() - self.started  #! reads-stand-still

    async def count_orders(self, tenant_id, *, as_of):
        return await self._driver.count_orders(tenant_id, as_of)
