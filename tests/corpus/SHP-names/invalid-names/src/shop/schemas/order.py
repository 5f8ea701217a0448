import enum


class OrderManager: #! classes-and-members
    total_runtime: int = 0 #! classes-and-members

    def isLarge(self) -> bool: #! snake-functions
        return self.total_runtime > 3


class State(str, enum.Enum):
    open = "open" #! upper-members
    CLOSED = "closed"


def weigh(orderId: int) -> int: #! snake-functions
    return orderId
