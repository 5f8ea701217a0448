from enum import Enum


class Named(Enum):
    pass


class State(Named):
    Open = 1 #! upper-members

    def is_open(self) -> bool:
        return True
