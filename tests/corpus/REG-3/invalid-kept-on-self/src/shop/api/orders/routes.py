from shop.spine.registry import Context, Registry, Result


class View:
    operation = "policies.activate"

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def post(self, ctx: Context) -> Result:
        return await self._registry.execute(self.operation, ctx)  #! own-domain
