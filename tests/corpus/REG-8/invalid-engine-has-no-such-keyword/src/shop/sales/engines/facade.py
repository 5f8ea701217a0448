class OrdersFacade:
    async def list_orders(self, tenant: str, *, limit: int = 10) -> list[str]:
        return [tenant] * limit


def get_facade() -> OrdersFacade:
    return OrdersFacade()
