# layer: L4
# AUDIENCE: CUSTOMER
# Role: reads costs
"""Engine."""


class CostEngine:
    pass
