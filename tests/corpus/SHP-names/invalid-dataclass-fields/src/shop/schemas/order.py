import enum
from dataclasses import dataclass


class State(enum.Enum):
    OPEN = 1


@dataclass
class OrderHelper:  #! classes-and-members
    price_runtime: int  #! classes-and-members


def weigh() -> int:
    return 1
