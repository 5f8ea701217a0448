# Layer: package — no layer of its own
# AUDIENCE: CUSTOMER
# Role: Root of the customer-facing domains.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: none
"""Root of the customer-facing domains."""
