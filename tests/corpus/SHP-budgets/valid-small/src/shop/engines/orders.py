def allowed(a, b, c, d):
    return a


class Order:
    a: int
    b: int
    c: int

    def decide(self, a, b, c):
        """if if if if if if"""

        def inner(x):
            return 1 if x else 2

        return inner(a) if b else inner(c)
