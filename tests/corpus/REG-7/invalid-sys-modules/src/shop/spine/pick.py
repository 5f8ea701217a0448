import sys


def run(name: str, ctx):
    return sys.modules[name].execute(ctx)  #! written-out
