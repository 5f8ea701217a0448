# Callers: api routes
# Allowed Imports: none
# Forbidden Imports: all
from shop.engines import sizes


def decide() -> int:
    return sizes.LIMIT
