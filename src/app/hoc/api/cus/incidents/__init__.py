# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Root of the incident routers.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: L5, L6, L7
"""Incident routers."""
