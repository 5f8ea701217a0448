from shop import names


def left(name: str) -> int:
    return len(names.clean(name))
