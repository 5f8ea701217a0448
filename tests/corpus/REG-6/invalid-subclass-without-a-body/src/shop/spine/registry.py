from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Context:
    tenant: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass
class Result:
    success: bool
    data: Any = None
    error: str = ""

    @staticmethod
    def ok(data: Any = None) -> "Result":
        return Result(success=True, data=data)

    @staticmethod
    def fail(error: str) -> "Result":
        return Result(success=False, error=error)


class Handler(Protocol):
    async def execute(self, ctx: Context) -> Result: ...


class Registry:
    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}
        self._frozen = False

    def register(self, operation: str, handler: Handler) -> None:
        self._handlers[operation] = handler

    def freeze(self) -> None:
        self._frozen = True

    async def execute(self, operation: str, ctx: Context) -> Result:
        return await self._handlers[operation].execute(ctx)
