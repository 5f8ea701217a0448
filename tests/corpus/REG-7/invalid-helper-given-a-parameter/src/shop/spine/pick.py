import importlib


def load(module: str):
    return importlib.import_module(module)


def run(name: str, uid: str):
    return load(name).run(uid)  #! written-out
