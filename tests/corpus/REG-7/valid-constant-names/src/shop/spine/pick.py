import importlib
import operator

NAME = 'register'


def run(facade):
    getattr(facade, NAME)()
    operator.methodcaller('close')(facade)
    return importlib.import_module('shop.spine.orders').register(facade)
