from shop.spine.registry import Context, Registry, Result


async def list_orders(registry: Registry, ctx: Context) -> Result:
    return await registry.execute(  #! own-domain
        "policies.activate", ctx
    )
