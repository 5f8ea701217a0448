# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Root of the value types of analytics.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: all
"""Value types the analytics engines, drivers and the spine exchange."""
