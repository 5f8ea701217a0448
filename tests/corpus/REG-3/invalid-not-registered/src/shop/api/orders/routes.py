from shop.spine.registry import Context, Registry, Result


async def list_orders(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.querry", Context(tenant))  #! own-domain
