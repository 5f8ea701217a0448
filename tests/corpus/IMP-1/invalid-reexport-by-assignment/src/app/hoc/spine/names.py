from app.hoc.cus.analytics.L6_drivers import cost_driver

costs = cost_driver.read_costs
