"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

with open('x') as f:
    from app.hoc.cus.analytics.L6_drivers import cost_driver  #! wiring
try:
    pass
finally:
    from app.hoc.cus.analytics.L5_engines import cost_engine  #! wiring
