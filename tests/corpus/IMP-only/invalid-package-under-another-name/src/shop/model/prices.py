import requests as r  #! model-stands-alone
from decimal import Decimal

from shop.model.money import Money


def price(cents: int) -> Money:
    return Money(Decimal(r.codes.ok + cents))
