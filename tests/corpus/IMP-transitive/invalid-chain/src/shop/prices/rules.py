from shop.rates import rate  #! prices-reach-no-network


def price(amount: int) -> float:
    return amount * rate("eur")
