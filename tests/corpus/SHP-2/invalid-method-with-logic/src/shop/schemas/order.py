class Order:
    total: int

    def is_large(self) -> bool: #! only-data
        return self.total > 100
