from shop.spine.registry import Context, Registry, Result


async def serve(registry: Registry, tenant: str) -> Result:
    params = {"method": "get", "order_id": "1"}
    params.pop("order_id")
    return await registry.execute("orders.query", Context(tenant, params))  #! arrives
