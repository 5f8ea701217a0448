from shop.spine.registry import Context, Registry, Result


async def enforce(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.activate", Context(tenant))
