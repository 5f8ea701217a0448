import importlib


def run(name: str, ctx):
    importlib.import_module(f"shop.spine.{name}").execute(ctx)  #! written-out
    return __import__(name).execute(ctx)  #! written-out
