import enum

BAD = "class OrderManager: def isLarge"


class State(enum.Enum):
    """open = 1"""

    OPEN = "open"
    # closed = 2


def weigh(order_id: int) -> str:
    return "isLarge"
