# Layer: L2.1 — Facade
# AUDIENCE: CUSTOMER
# Role: Facades of the customer-facing routers.
# Callers: app.main
# Allowed Imports: none
# Forbidden Imports: L4, L5, L6, L7
"""Facades of the customer-facing routers."""
