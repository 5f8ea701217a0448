import functools

from shop.spine.registry import Context, Registry, Result


def install(registry: Registry, bus) -> None:
    bus.subscribe(registry.execute)  #? own-domain


async def list_orders(registry: Registry, tenant: str) -> Result:
    query = functools.partial(registry.execute, "orders.query")
    return await query(Context(tenant))
