from shop.spine import orders

TABLE = orders.__dict__


def run(name: str, ctx):
    return TABLE[name](ctx)  #! written-out
