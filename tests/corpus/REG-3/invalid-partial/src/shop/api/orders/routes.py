from functools import partial

from shop.spine.registry import Context, Registry, Result


async def run(registry: Registry, ctx: Context) -> Result:
    activate = partial(registry.execute, "policies.activate")
    return await activate(ctx)  #! own-domain
