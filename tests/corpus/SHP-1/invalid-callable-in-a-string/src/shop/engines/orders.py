from collections.abc import Callable

from sqlalchemy.orm import Session


def decide(work: "Callable[[Session], int]") -> int: #! no-session
    return 1
