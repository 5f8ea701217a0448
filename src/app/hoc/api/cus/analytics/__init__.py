# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Root of the analytics HTTP packages.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: L5, L6, L7
"""Root of the analytics HTTP packages."""
