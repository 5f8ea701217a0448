from typing import Protocol


class Port(Protocol):
    """A port."""
