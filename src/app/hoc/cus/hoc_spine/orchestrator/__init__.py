# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: The operation registry and what is registered in it.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: L2
"""The operation registry and what is registered in it."""
