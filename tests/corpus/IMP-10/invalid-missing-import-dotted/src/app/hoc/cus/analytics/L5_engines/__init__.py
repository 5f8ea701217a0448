import app.hoc.cus.analytics.gone  #! resolves
