from .L5_engines import CostEngine, Other  #! resolves
