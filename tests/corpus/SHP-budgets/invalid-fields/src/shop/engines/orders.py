def allowed(a, b, c, d): ...


class Base:
    a: int
    b: int


class Order(Base): #! small-functions
    c: int
    d: int
