"""f = lambda x: decide(x)"""

TEXT = "lambda x: x"
# def decide(): ...


class Order:
    """def total(self): return 1"""

    total: int
