def allowed(a, b, c, d):
    return a

from typing import ClassVar


class Order:
    LIMIT: ClassVar[int] = 3
    a: int
    b: int
    c: int
