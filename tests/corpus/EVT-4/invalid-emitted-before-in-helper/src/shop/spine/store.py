def save(order: str) -> None:
    print(order)
