"""Routes."""

import importlib
import importlib.util
from functools import partial
from importlib import import_module

DRIVER = "app.hoc.cus.analytics.L6_drivers.cost_driver"

cost_driver = partial(import_module, DRIVER)  #! l2-no-bypass
both = list(map(importlib.import_module, [DRIVER]))  #? l2-no-bypass
load = None
if not both:
    load = importlib.import_module
    load(DRIVER)  #! l2-no-bypass
driver = getattr(importlib, "import_module")(DRIVER)  #! l2-no-bypass


class Loading:
    load = import_module  #? l2-no-bypass


def get_costs(tenant, using=importlib.import_module):  #? l2-no-bypass
    return using(DRIVER).read_costs(tenant)


def from_file(path):
    spec = importlib.util.spec_from_file_location("driver", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)  #? l2-no-bypass
    return module
