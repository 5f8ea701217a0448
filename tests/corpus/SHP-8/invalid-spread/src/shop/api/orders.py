from shop.engines.registry import execute


async def create_order(body: dict) -> object:
    return execute("orders.create", {**body}) #? writes-pass-a-sync-session, writes-pass-a-sync-session
