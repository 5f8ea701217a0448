# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: reads costs
"""Engine."""


class CostEngine:
    pass


# Layer: L4 — that is where the coordinator lives
