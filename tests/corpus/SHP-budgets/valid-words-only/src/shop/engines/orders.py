def allowed(a, b, c, d):
    return a


def decide(a):
    """if a: if b: if c: if d: for x in y: while True: pass"""
    # if a and b and c and d and e
    return "if a and b or c and d"
