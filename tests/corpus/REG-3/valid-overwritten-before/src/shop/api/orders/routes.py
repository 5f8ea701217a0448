from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, ctx: Context) -> Result:
    name = "policies.activate"
    name = "orders.query"
    return await registry.execute(name, ctx)
