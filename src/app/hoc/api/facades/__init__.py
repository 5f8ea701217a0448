# Layer: L2.1 — Facade
# AUDIENCE: CUSTOMER
# Role: Facades: which routers the service offers, and where.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: L4, L5, L6, L7
"""Facades: which routers the service offers, and where."""
