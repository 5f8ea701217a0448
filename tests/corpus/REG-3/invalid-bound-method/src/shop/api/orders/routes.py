from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, ctx: Context) -> Result:
    go = registry.execute
    return await go("policies.activate", ctx)  #! own-domain
