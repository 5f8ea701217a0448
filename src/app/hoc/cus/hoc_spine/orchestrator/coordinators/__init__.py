# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Coordinators: operations that span engines and own a transaction.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: L2
"""Coordinators: operations that span engines and own a transaction."""
