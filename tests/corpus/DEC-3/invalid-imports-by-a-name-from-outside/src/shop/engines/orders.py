# Callers: api routes, reports
# Allowed Imports: Drivers, yaml (for the price list)
# Forbidden Imports: Models, sqlalchemy
import json
from shop.drivers.orders import load
import yaml


def decide() -> int:
    return load(json, yaml)


def priced(formula: str) -> int:
    return eval(formula)  #? imports-are-true


def more() -> object:
    return __import__("sqlalchemy")  #! imports-are-true, imports-are-true
