from shop.spine.registry import Context, Registry, Result


async def list_orders(registry: Registry, tenant: str) -> Result:
    return await _run(registry, tenant, "list", limit=5)


async def get_order(registry: Registry, tenant: str) -> Result:
    return await _run(registry, tenant, "get", order_no="1")


async def _run(registry: Registry, tenant: str, method: str, **params: object) -> Result:
    return await registry.execute("orders.query", Context(tenant, {"method": method, **params}))  #! arrives, arrives
