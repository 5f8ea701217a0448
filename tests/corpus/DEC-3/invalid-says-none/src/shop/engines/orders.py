# Callers: none
# Allowed Imports: none
# Forbidden Imports: Models
def decide() -> int:
    return 1
