import importlib
from decimal import Decimal

from shop.model.money import Money


def price(cents: int) -> Money:
    importlib.import_module("shop.engines" + ".totals")  #! model-stands-alone
    return Money(Decimal(cents))
