from shop.spine.registry import Context, Registry, Result


async def serve(registry: Registry, tenant: str) -> Result:
    params = {"method": "get", "id": "1"}
    params["order_id"] = params.pop("id")
    return await registry.execute("orders.query", Context(tenant, params))
