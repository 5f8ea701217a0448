"""DEPRECATED: use shop.engines.pricing."""

from shop.engines.pricing import price

__all__ = ["refund"]


def refund(order_id: str) -> int:  #! shims-only-lead-on
    return price(order_id) if order_id.startswith("r") else 0
