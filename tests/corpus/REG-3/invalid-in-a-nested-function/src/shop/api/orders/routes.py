from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, ctx: Context) -> Result:
    async def go(name: str) -> Result:
        return await registry.execute(name, ctx)  #! own-domain

    return await go("policies.activate")
