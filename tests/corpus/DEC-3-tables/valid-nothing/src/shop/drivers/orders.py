# Reads: none
# Writes: none
def limit() -> int:
    return 1
