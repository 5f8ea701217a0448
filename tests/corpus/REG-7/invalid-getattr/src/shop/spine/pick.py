from shop.spine import orders


def run(facade, name: str, *args):
    return getattr(facade, name)(*args)  #! written-out


def serve(name: str, ctx):
    method = getattr(orders, name)
    return method(ctx)  #! written-out


def start(name: str):
    return getattr(orders, name).start()  #! written-out
