import asyncio

from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, ctx: Context) -> list[Result]:
    names = ["orders.query", "policies.activate"]
    return await asyncio.gather(*(registry.execute(name, ctx) for name in names))  #! own-domain
