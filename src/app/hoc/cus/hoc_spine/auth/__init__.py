# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Who is calling: principals, scopes and API keys.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: L2
"""Who is calling: principals, scopes and API keys."""
