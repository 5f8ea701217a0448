from shop.spine.registry import Context, Registry, Result


async def serve(registry: Registry, tenant: str) -> Result:
    params = {"method": "get"}
    params["order_id"] = "1"
    if tenant:
        params.update(as_of="now")
    params |= {"as_of": None}
    return await registry.execute("orders.query", Context(tenant, params=dict(params)))
