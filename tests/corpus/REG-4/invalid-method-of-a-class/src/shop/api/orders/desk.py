from shop.spine.registry import Context, Registry, Result


class Desk:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def accept(self, tenant: str) -> Result:
        return await self._close("activate", tenant)

    async def _close(self, how: str, tenant: str) -> Result:
        return await self._registry.execute(f"orders.{how}", Context(tenant))
