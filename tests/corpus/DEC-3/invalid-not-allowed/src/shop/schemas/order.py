class Order:
    total = 1
