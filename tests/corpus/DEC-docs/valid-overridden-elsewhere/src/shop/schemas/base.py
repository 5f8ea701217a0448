class Base:
    def total(self) -> int:
        """What it costs in all."""
        return 1
