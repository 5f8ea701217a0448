from functools import partial, reduce


def run(facade, path: str):
    return reduce(getattr, path.split('.'), facade)()  #! written-out


def later(facade, name: str):
    return partial(getattr, facade)(name)()  #! written-out
