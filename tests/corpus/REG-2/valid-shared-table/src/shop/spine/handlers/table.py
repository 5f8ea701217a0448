from typing import Any

from shop.spine.registry import Registry


class Table:
    def __init__(self, methods: dict[str, Any]) -> None:
        self._methods = methods

    async def execute(self, ctx: Any) -> Any:
        return self._methods[ctx.name](ctx)


def add(registry: Registry, name: str, methods: dict[str, Any]) -> None:
    registry.register(name, Table(methods))
