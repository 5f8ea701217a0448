# Layer: package — no layer of its own
# AUDIENCE: CUSTOMER
# Role: Root of the analytics domain.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: none
"""Analytics domain: cost simulation, its comparison of two model generations, and the canary that guards
it.
"""
