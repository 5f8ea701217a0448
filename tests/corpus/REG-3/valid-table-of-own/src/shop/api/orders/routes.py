from shop.spine.registry import Context, Registry, Result


NAMES = {"list": "orders.query", "all": "orders.query"}


async def run(registry: Registry, ctx: Context, what: str) -> Result:
    return await registry.execute(NAMES[what], ctx)
