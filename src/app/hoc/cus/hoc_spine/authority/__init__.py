# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Contracts the spine enforces on everything that passes through it.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: L2
"""Contracts the spine enforces on everything that passes through it."""
