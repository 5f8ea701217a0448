def is_large(total: int) -> bool:
    return total > 100
