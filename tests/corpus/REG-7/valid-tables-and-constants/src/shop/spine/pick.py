import operator

from shop.spine import orders


def run(name: str, order) -> object:
    table = {"register": orders.register}
    picked = getattr(orders, "register")
    size = operator.attrgetter("size")(order)
    label = getattr(order, name, "").strip()
    return table[name](size) or picked(label)
