def allowed(a, b, c, d): ...


class Order:
    def __init__(self, a, b, *, c, d): ... #! small-functions
