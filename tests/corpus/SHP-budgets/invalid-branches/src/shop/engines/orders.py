def allowed(a, b, c, d): ...


def decide(order): #! small-functions
    if order and order.total:
        return [line for line in order.lines if line]
    return 1
