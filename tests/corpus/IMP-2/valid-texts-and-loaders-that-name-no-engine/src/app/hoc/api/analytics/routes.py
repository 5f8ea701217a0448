"""Routes: exec("import app.hoc.cus.analytics.L6_drivers.cost_driver") would be wrong here."""

import importlib.util
from functools import partial
from importlib import import_module

from app.hoc.spine.registry import execute

exec("TOTAL = 1 + 1")
number = eval("3 * 4")
spine = partial(import_module, "app.hoc.spine.registry")
has_numbers = importlib.util.find_spec("numpy") is not None


class Shell:
    def exec(self, source):
        return source

    def eval(self, source):
        return source

    def locate(self, name):
        return name


def get_costs(tenant, shell: Shell):
    shell.exec(shell.locate("app.hoc.cus.analytics.L6_drivers.cost_driver"))
    shell.eval("import app.hoc.cus.analytics.L6_drivers.cost_driver")
    return execute("costs", tenant)
