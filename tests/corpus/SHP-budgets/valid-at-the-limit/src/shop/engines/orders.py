def allowed(a, b, c, d):
    return a


class Order:
    a: int
    b: int
    c: int


def decide(a, b, c):
    if a and b:
        return c
    return 1 if c else 2
