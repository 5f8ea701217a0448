from typing import Any


async def decide(store: Any) -> int: #! no-session
    return 1
