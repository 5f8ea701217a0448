"""Analytics domain: cost simulation, its comparison of two model generations, and the canary that guards
it.
"""
