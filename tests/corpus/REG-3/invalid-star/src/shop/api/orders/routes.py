from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, ctx: Context) -> Result:
    call = ("policies.activate", ctx)
    return await registry.execute(*call)  #! own-domain
