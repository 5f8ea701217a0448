from app.hoc.cus.analytics.L5_engines.gone import Y  #! resolves
