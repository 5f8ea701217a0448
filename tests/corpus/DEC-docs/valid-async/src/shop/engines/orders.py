"""Orders and prices."""


async def decide() -> int:
    """What to do with it."""
    return 1
