def decide() -> int:
    # Layer: Engines
    # Role: Decides what to order.
    return 1
