import os
from importlib import import_module


def rate(currency: str) -> float:
    return import_module(os.environ["RATES"]).rate(currency)  #? prices-reach-no-network
