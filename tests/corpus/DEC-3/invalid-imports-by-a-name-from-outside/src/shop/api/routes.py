from shop.engines.orders import decide


def route() -> int:
    return decide()
