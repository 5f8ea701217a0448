from shop.spine.registry import Context, Registry, Result

OPERATION = "orders.query"


async def list_orders(registry: Registry, tenant: str) -> Result:
    return await registry.execute(
        OPERATION,
        Context(tenant),
    )


async def get_order(registry: Registry, tenant: str) -> Result:
    return await registry.execute(operation='orders.query', ctx=Context(tenant))
