from shop.spine.registry import Context, Registry, Result


class View:
    operation = "orders.query"

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def post(self, ctx: Context) -> Result:
        return await self._registry.execute(self.operation, ctx)  #! own-domain


class Loud(View):
    operation = "policies.activate"
