from shop.engines.registry import execute


async def create_order() -> object:
    return execute("orders.create", {"sync_session": None}) #! writes-pass-a-sync-session
