from app.hoc.cus.analytics.L6_drivers.cost_driver import *
