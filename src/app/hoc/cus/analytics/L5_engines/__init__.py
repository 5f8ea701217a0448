# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Root of the analytics engines.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: all
"""Analytics engines: the decisions of the domain, free of HTTP, SQL and environment."""
