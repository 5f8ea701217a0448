from shop.spine.registry import Context, Registry, Result


BASE = {"method": "get", "as_off": "now"}


async def serve(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.query", Context(tenant, BASE | {"order_id": "1"}))  #! arrives
