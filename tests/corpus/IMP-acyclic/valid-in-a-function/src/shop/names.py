def clean(name: str) -> str:
    from shop import orders

    return name.strip() if orders else name
