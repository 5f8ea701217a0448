from shop.drivers.orders import mark
def each(action, items: list[object]) -> None:
    for item in items:
        action(item)


def detect_late(items: list[object]) -> None:
    each(mark, items)  #! observers-only-record-feedback
