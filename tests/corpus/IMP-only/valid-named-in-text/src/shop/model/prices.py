from decimal import Decimal

from shop.model.money import Money


def price(cents: int) -> Money:
    return Money(Decimal(cents))
