# Callers: api routes
# Allowed Imports: none
# Forbidden Imports: Models
def decide() -> int:
    return 1
