from typing import Any, Protocol


class Handler(Protocol):
    async def execute(self, ctx: Any) -> Any: ...


class Registry:
    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def register(self, operation: str, handler: Handler) -> None:
        self._handlers[operation] = handler

    async def execute(self, operation: str, ctx: Any) -> Any:
        return await self._handlers[operation].execute(ctx)
