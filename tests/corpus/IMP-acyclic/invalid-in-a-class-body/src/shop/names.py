class Names:
    from shop import orders  #! no-cycles


def clean(name: str) -> str:
    return name.strip()
