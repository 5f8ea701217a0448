# Orders and prices.
def decide() -> int:  #! documented
    # What to do with it.
    return 1
