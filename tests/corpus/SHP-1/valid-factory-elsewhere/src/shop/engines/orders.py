from collections.abc import Callable


def decide(load: Callable[[int], str]) -> str:
    return load(1)
