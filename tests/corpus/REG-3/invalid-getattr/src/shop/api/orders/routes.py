from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, ctx: Context) -> Result:
    return await getattr(registry, "execute")("policies.activate", ctx)  #! own-domain
