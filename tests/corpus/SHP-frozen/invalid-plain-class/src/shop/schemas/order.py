class Order: #! frozen-values
    """@dataclass(frozen=True)"""

    def __init__(self, total: int) -> None:
        self.total = total
