# TOMBSTONE: use shop.engines.new
# Expires: soon
def decide() -> int:
    return 1
