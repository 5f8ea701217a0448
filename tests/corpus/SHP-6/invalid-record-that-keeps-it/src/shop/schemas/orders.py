from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Found:
    id: int
    row: Any
