from shop.engines.orders import Order, plain


def route() -> Any:
    return plain(Order("AsyncSession"))
