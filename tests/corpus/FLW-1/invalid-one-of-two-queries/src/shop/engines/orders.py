class OrdersEngine:
    def __init__(self, driver):
        self._driver = driver

    async def list_orders(self, tenant_id, *, as_of, limit):
        orders = await self._driver.fetch_orders(tenant_id, as_of, limit)
        return {"orders": orders, "number": await self._driver.count_orders(tenant_id)}

    async def count_orders(self, tenant_id, *, as_of):
        return len(await self._driver.fetch_orders(tenant_id, as_of, None))
