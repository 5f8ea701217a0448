class OrderDriver:
    async def total(self, order_id: str) -> int:
        return len(order_id)


async def fetch_orders(order_id: str) -> list[str]:
    return [order_id]
