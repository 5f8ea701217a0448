"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

# the cost_anomaly_detector_engine is called by the coordinator
