class PriceEngine:  #! wired
    async def price(self, order_id: str) -> int:
        return 1
