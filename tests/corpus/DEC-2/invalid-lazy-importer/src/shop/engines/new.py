def decide() -> int:
    from .old import decide

    return decide()
