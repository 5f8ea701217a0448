for each in range(3):
    pass
with open('x') as handle:
    pass
(a, [b, *c]) = 1, [2, 3]
if (walrus := 1):
    pass
d: int = 1


def fill():
    global late
    late = 1


try:
    pass
except OSError as err:
    pass
