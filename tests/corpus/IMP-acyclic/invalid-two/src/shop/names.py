from shop import stock  #! no-cycles


def clean(name: str) -> str:
    return name.strip() if stock else name
