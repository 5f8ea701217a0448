from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """frozen=False; lines: list[str]"""

    # lines: list[str]
    total: int
