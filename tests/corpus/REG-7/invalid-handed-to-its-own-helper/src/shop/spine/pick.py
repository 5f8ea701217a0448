def call(function, *args):
    return function(*args)


def run(facade, name: str, *args):
    return call(getattr(facade, name), *args)  #! written-out
