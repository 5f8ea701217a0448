# Layer: L5 - Engines (business)
# AUDIENCE: CUSTOMER
# Role: reads costs
"""Engine."""


class CostEngine:
    pass
