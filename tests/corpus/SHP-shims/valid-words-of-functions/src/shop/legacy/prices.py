"""Moved. There was ``def calculate_price(order): return decide(order)`` here, and a lambda."""

import warnings

from shop.engines.pricing import price as calculate_price

warnings.warn("shop.legacy.prices has moved to shop.engines.pricing", DeprecationWarning, stacklevel=2)

__all__ = ["calculate_price"]
