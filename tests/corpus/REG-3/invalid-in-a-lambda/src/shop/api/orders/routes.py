from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, ctx: Context) -> Result:
    go = lambda name: registry.execute(name, ctx)  #! own-domain
    return await go("policies.activate")
