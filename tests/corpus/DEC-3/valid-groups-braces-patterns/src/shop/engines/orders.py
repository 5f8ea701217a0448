# Callers: api {routes, reports}, engines, shop.api.admin.*
# Allowed Imports: none
# Forbidden Imports: Models
def decide() -> int:
    return 1
