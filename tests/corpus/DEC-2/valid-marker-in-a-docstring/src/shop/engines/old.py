# TOMBSTONE: use shop.engines.new
# Expires: 2026-12-31
x = 1
