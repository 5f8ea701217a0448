"""Orders. def is_large(order): return True"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["Order", "State"]
LIMITS = {"small": 1, "large": 100}
Total = int | None


class State(str, Enum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Order:
    total: Total
    lines: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.total is not None and self.total < 0:
            raise ValueError("negative")
