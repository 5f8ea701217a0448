"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from app.hoc.cus.analytics import L5_engines as pkg

d = getattr(pkg, "cost_anomaly_" "detector_engine")  #! detector-by-coordinator
