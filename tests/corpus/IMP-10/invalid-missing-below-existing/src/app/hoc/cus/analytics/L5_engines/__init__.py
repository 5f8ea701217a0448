from .a.b import c  #! resolves
