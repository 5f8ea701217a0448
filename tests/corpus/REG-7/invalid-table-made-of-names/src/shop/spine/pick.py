from shop.spine import orders

NAMES = ('register', 'OrdersHandler')
TABLE = {name: getattr(orders, name) for name in NAMES}


def run(name: str, ctx):
    return TABLE[name](ctx)  #! written-out
