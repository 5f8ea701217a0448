from .cost_engine import GoneName  #! resolves
