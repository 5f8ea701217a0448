import os
from importlib import import_module

parts = [import_module(name) for name in os.environ["PARTS"].split()]  #? no-cycles


def clean(name: str) -> str:
    return name.strip()
