from shop.spine.registry import Context, Registry, Result


async def serve(registry: Registry, tenant: str) -> Result:
    params = {"order_id": "1"} if tenant else {}
    return await registry.execute("orders.query", Context(tenant, params))  #! arrives
