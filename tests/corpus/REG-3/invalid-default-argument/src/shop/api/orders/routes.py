from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, ctx: Context) -> Result:
    return await _go(registry, ctx)


async def _go(registry: Registry, ctx: Context, name: str = "policies.activate") -> Result:
    return await registry.execute(name, ctx)  #! own-domain
