"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

try:
    import fast_costs
except ImportError:
    from app.hoc.cus.analytics.L6_drivers import cost_driver as fast_costs  #! wiring
