class Cost:
    amount: int
