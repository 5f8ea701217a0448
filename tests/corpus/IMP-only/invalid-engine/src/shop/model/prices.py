from shop.engines import totals  #! model-stands-alone
from decimal import Decimal

from shop.model.money import Money


def price(cents: int) -> Money:
    return totals.total and Money(Decimal(cents))
