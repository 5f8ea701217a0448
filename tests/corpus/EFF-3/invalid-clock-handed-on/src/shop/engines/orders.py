import time
from collections.abc import Callable


def decide(clock: Callable[[], float]) -> float:
    return clock()


def run() -> float:
    return decide(time.monotonic)  #! one-clock
