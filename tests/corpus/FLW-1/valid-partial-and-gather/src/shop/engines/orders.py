import asyncio
from functools import partial


class OrdersEngine:
    def __init__(self, driver):
        self._driver = driver

    async def list_orders(self, tenant_id, *, as_of, limit):
        at_that_moment = {"as_of": as_of}
        fetch = partial(self._driver.fetch_orders, tenant_id, **at_that_moment)
        orders, number = await asyncio.gather(fetch(limit=limit), self._driver.count_orders(tenant_id, as_of))
        return {"orders": orders, "number": number}

    async def count_orders(self, tenant_id, *, as_of):
        return await self._driver.count_orders(tenant_id, as_of)
