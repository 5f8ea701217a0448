# Layer: package — no layer of its own
# AUDIENCE: CUSTOMER
# Role: Root of the HOC packages.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: none
"""Root of the HOC packages."""
