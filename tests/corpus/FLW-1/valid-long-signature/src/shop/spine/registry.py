from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Context:
    session: Any
    tenant_id: str
    params: dict[str, Any] = field(default_factory=dict)
    operation: str = ""


class Registry:
    def __init__(self):
        self._handlers = {}

    def register(self, operation, handler):
        if operation in self._handlers:
            raise RuntimeError(operation)
        self._handlers[operation] = handler

    async def execute(self, operation, context):
        handler = self._handlers.get(operation)
        if handler is None:
            raise LookupError(operation)
        return await handler.execute(replace(context, operation=operation))
