try:
    from shop import orders  #! no-cycles
except ImportError:
    orders = None


def clean(name: str) -> str:
    return name.strip()
