# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: reads costs
"""Engine."""


class CostEngine:
    pass
