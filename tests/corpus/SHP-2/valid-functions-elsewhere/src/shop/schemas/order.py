class Order:
    total: int
