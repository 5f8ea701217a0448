from shop.spine.registry import Context, Registry, Result


async def serve(registry: Registry, tenant: str) -> Result:
    params = {"method": "get"}
    if tenant:
        params["order_id"] = "1"
    return await registry.execute("orders.query", Context(tenant, params))  #! arrives
