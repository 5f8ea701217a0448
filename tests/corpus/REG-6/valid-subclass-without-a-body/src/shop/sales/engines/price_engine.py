from shop.sales.drivers.order_driver import OrderDriver, fetch_orders


class PriceEngine:
    def __init__(self, driver: OrderDriver) -> None:
        self._driver = driver

    async def price(self, order_id: str) -> int:
        return await self._driver.total(order_id) + len(await fetch_orders(order_id))
