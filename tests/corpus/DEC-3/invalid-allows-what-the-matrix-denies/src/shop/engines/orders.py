# Callers: api routes
# Allowed Imports: Drivers, Models
# Forbidden Imports: none
def decide() -> int:
    return 1
