from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, ctx: Context, really: bool) -> Result:
    name = "orders.query"
    if really:
        name = "policies.activate"
    return await registry.execute(name, ctx)  #! own-domain
