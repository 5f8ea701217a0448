from shop.limits import allowed

__all__ = ["allowed"]
