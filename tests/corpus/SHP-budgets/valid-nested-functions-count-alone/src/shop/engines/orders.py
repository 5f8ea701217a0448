def allowed(a, b, c, d):
    return a


def decide(a):
    def first(x):
        return 1 if x else 2

    def second(x):
        return 1 if x else 2

    if a:
        return first(a)
    return second(a)
