# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Routes about the service itself.
# Callers: app.hoc.api.facades.cus.system
# Allowed Imports: none
# Forbidden Imports: L5, L6, L7
"""Routes about the service itself."""
