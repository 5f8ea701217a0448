# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Root of the analytics drivers.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: all
"""Analytics drivers: each reads and writes one concern of the database."""
