class Order:
    total: int
    is_large = lambda self: self.total > 100 #! only-data
