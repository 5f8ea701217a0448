import enum


class State(enum.Enum):
    OPEN = 1


async def loadAll(*, orderId: int = 1) -> int:  #! snake-functions, snake-functions
    return orderId
