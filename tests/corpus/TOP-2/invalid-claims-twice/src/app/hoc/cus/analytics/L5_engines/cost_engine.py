# Layer: L5 — Engines
# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: reads costs
"""Engine."""


class CostEngine:
    pass
