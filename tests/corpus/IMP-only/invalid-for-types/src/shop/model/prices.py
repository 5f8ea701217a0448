from typing import TYPE_CHECKING

from decimal import Decimal

from shop.model.money import Money

if TYPE_CHECKING:
    from shop.engines.totals import total  #! model-stands-alone


def price(cents: int) -> Money:
    return Money(Decimal(cents))
