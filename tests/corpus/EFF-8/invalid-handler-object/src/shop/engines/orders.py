import time
from typing import Protocol


class Handler(Protocol):
    async def __call__(self, order: str, depth: int = 0) -> None: ...


class Patient:
    async def __call__(self, order: str, depth: int = 0) -> None:
        time.sleep(1)  #! coroutines-hold-up-nobody


async def decide(handler: Handler) -> None:
    await handler("o-1", depth=1)
