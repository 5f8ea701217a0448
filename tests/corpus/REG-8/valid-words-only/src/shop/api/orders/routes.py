from shop.spine.registry import Context, Registry, Result


async def serve(registry: Registry, tenant: str) -> Result:
    """Context(tenant, {"as_off": "now"})"""
    # params["as_off"] = 1
    return await registry.execute("orders.query", Context(tenant, {"method": "get", "order_id": "as_off"}))
