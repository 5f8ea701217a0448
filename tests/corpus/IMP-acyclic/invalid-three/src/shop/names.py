from shop.orders import order  #! no-cycles


def clean(name: str) -> str:
    return name.strip() if order else name
