import sys


def run(ctx):
    return sys.modules['shop.spine.orders'].register(ctx)
