def route() -> int:
    from shop.engines.old import decide

    return decide()
