class OrdersEngine:
    def __init__(self, driver):
        self._driver = driver

    async def list_orders(self, tenant_id, status):
        return await self._driver.fetch_orders(tenant_id, status)

    async def cancel(self, tenant_id, order_id):
        await self._driver.cancel_order(tenant_id, order_id)
        await self._driver.add_line(tenant_id, order_id, "cancelled")
