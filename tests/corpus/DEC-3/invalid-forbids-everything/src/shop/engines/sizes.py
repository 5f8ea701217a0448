# Callers: engines orders
# Allowed Imports: none
# Forbidden Imports: all
LIMIT = 1
