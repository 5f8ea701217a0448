# Callers: api routes,
#   reports
# Allowed Imports: none
# Forbidden Imports: Models
def decide() -> int:
    return 1
