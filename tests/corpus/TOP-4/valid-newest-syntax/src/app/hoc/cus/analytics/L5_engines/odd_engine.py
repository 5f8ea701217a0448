type Alias[T] = list[T]


def first[T](items: list[T]) -> T:
    return items[0]


class Box[T]:
    pass


match 1:
    case int() | str() as x if x:
        pass

try:
    pass
except* ValueError:
    pass

with (
    open('a') as a,
    open('b') as b,
):
    pass
print(f'{a!r:>{10}} {f"{b}"}')
