from shop.spine.registry import Context, Registry, Result


class Loud(Registry):
    async def execute(self, operation: str, ctx: Context) -> Result:
        print(operation)
        return await super().execute(operation, ctx)  #! own-domain


async def run(registry: Loud, ctx: Context) -> Result:
    return await registry.execute("policies.activate", ctx)
