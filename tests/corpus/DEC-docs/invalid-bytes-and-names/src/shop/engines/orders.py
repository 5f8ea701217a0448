"""Orders and prices."""

TEXT = "What to do with it."


def decide() -> int:  #! documented
    TEXT
    return 1


def weigh() -> int:  #! documented
    b"What to do with it."
    return 1
