# Callers: api routes
# Allowed Imports: Drivers
# Forbidden Imports: none
from shop.schemas.order import Order


def decide() -> object:
    return Order
