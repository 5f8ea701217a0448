# TOMBSTONE: use shop.engines.new
# Expires: 2026-03-01
def decide() -> int:
    return 1
