import time
from typing import Any, Protocol


class Handler(Protocol):
    async def __call__(self, order: str, depth: int = 0) -> None: ...


class Timed:
    """Wraps any function; nobody hands one to `decide`."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        time.sleep(1)
        return self.function(*args, **kwargs)


class Decorator:
    def __call__(self, function: Any) -> Timed:
        time.sleep(1)
        return Timed(function)


async def decide(handler: Handler) -> None:
    await handler("o-1", depth=1)
