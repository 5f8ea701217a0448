import enum


class Order:
    class State(enum.Enum):
        Open = 1  #! upper-members

    def total(self) -> int:
        return 1
