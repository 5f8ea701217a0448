# Callers: api routes
# Allowed Imports: Drivers
# Forbidden Imports: Models
from shop.drivers.orders import Order


def decide() -> object:
    return Order
