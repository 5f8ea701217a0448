from shop import stock


def order(name: str) -> int:
    return stock.left(name) - 1
