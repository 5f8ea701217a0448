from typing import ClassVar


def allowed(a, b, c, d):
    return a


class Order:  #! small-functions
    note = ClassVar
    a: int
    b: int
    c: 'int | None'
    d: list[ClassVar[int]]
