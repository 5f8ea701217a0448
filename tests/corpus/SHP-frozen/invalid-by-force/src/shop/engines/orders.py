from shop.schemas.order import Order


def discount(order: Order) -> None:
    object.__setattr__(order, "total", 0) #! frozen-values
