"""Orders and prices."""


class Order:  #! documented
    """Order."""

    def total(self) -> int:  #! documented
        """Total."""
        return 1
