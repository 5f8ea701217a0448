from shop.spine.registry import Context, Registry, Result


async def serve(registry: Registry, tenant: str, body: dict) -> Result:
    return await registry.execute("orders.query", Context(tenant, {"method": "list", **body}))  #? arrives
