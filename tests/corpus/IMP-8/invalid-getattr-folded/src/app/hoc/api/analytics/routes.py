"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from app.hoc.cus.analytics import L5_engines as pkg

KIND = "detector"
d = getattr(pkg, f"cost_anomaly_{KIND}_engine")  #! detector-by-coordinator
