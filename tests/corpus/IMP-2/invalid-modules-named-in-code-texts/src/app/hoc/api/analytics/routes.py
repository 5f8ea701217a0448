"""Routes."""

from pydoc import locate

DRIVER = "app.hoc.cus.analytics.L6_drivers.cost_driver"

exec(f"from {DRIVER} import read_costs")  #! l2-no-bypass
made = eval("__import__('app.hoc.cus.analytics.L5_engines.cost_engine')")  #! l2-no-bypass
found = locate(DRIVER + ".read_costs")  #! l2-no-bypass
loaded = __builtins__.__import__(DRIVER)  #! l2-no-bypass
exec(compile("import " + DRIVER, "<routes>", "exec"))  #! l2-no-bypass


def get_costs(tenant, source):
    exec(source)  #? l2-no-bypass
    return eval(source)  #? l2-no-bypass
