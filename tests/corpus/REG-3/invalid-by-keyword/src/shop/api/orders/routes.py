from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, ctx: Context) -> Result:
    return await registry.execute(ctx=ctx, operation="policies.activate")  #! own-domain
