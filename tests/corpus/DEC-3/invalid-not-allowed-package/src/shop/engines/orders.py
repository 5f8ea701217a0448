# Callers: api routes
# Allowed Imports: stdlib
# Forbidden Imports: none
import yaml


def decide() -> object:
    return yaml
