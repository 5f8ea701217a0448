# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: The spine: the single execution authority.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: L2
"""The spine: the single execution authority."""
