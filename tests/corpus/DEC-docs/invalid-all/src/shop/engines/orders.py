LIMIT = 1


class Order:
    # An order of a customer.
    def total(self) -> int:
        f"""What it costs in all."""
        return 1


async def decide() -> int:
    """Decide."""
    return 1
