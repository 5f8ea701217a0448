import importlib


def try_import(module: str, default=None):
    try:
        return importlib.import_module(module)
    except ImportError:
        return default


pwd = try_import('pwd')


def run(uid: str):
    return pwd.getpwnam(uid).pw_uid
