from shop.spine.registry import Context, Registry, Result


async def serve(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.query", Context(tenant, {"method": "list", "limit": 3}))  #! arrives
