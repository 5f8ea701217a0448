"""Never write: from app.hoc.cus.analytics import L6_drivers"""
# from app.hoc.cus.analytics.L6_drivers.cost_driver import read_costs
from app.hoc.spine.registry import execute

HELP = "import app.hoc.cus.analytics.L6_drivers.cost_driver"
print(execute, HELP)
