# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: What every router shares: envelope, errors, authentication, dependencies.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: L5, L6, L7
"""What every router shares: envelope, errors, authentication, dependencies."""
