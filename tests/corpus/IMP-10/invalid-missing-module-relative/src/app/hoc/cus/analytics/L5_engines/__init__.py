from .gone import Y  #! resolves
