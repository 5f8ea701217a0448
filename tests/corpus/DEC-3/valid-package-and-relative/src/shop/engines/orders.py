# Callers: api.routes
# Allowed Imports: Drivers
# Forbidden Imports: Models, sqlalchemy
from ..drivers import orders


def decide() -> int:
    return orders.load()
