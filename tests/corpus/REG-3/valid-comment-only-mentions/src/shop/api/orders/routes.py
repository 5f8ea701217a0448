from shop.spine.registry import Context, Registry, Result


async def list_orders(registry: Registry, tenant: str) -> Result:
    """Not registry.execute("policies.activate", ctx)."""
    # registry.execute("policies.activate", ctx)
    return await registry.execute("orders.query", Context(tenant))
