class OrdersEngine:
    def __init__(self, driver):
        self._driver = driver

    async def list_orders(self, tenant_id, *, as_of, limit):
        return await self._driver.fetch_orders(tenant_id, as_of, limit)

    async def count_orders(self, tenant_id, *, as_of):
        return await self._driver.count_orders(tenant_id, as_of)
