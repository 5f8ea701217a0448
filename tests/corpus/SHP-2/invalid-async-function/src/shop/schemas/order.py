LIMIT = 3


async def load() -> int: #! only-data
    return LIMIT
