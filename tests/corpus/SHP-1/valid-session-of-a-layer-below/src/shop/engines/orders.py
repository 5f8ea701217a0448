def decide(total: int, *, limit: int = 3) -> int:
    """Takes no Session."""
    return min(total, limit)
