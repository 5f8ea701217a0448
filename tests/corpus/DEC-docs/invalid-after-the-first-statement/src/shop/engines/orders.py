"""Orders and prices."""


def decide() -> int:  #! documented
    x = 1
    """What to do with it."""
    return x
