from shop.sales.engines.price_engine import PriceEngine


class RefundEngine(PriceEngine):
    async def price(self, order_id: str) -> int:
        return -await super().price(order_id)
