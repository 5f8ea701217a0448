from shop.engines import old


def route() -> int:
    return old.decide()
