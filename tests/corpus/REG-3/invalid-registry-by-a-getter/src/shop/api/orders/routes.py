from shop.spine.registry import Context, Registry, Result


def get_operation_registry() -> Registry:
    return Registry()


async def list_orders(ctx: Context) -> Result:
    return await get_operation_registry().execute("policies.activate", ctx)  #! own-domain
