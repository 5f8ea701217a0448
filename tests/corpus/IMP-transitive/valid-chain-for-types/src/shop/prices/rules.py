from shop.rates import rate


def price(amount: int) -> float:
    return amount * rate("eur")
