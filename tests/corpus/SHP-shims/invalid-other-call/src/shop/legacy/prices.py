"""Moved to shop.engines.pricing."""

import warnings

from shop.engines.pricing import price as calculate_price

calculate_price("")  #! shims-only-lead-on
warnings.warn("shop.legacy.prices has moved to shop.engines.pricing", DeprecationWarning, stacklevel=2)

__all__ = ["calculate_price"]
