class Order:
    total: int

    @property
    def large(self) -> bool: #! only-data
        return self.total > 100
