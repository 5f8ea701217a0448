from shop.fetch import get


def rate(currency: str) -> float:
    return float(get(currency))
