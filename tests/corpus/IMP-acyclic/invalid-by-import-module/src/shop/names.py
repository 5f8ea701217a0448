from importlib import import_module

orders = import_module("shop.orders")  #! no-cycles


def clean(name: str) -> str:
    return name.strip()
