"""Moved to shop.engines.pricing."""

import warnings

from shop.engines.pricing import price

calculate_price = lambda order_id: max(price(order_id), 1)  #! shims-only-lead-on
warnings.warn("shop.legacy.prices has moved to shop.engines.pricing", DeprecationWarning, stacklevel=2)

__all__ = ["calculate_price"]
