import enum as e


class State(e.IntEnum):
    open = 1  #! upper-members


def weigh() -> int:
    return 1
