from dataclasses import dataclass
from typing import Optional

Lines = dict[str, int]


@dataclass(frozen=True)
class Order: #! frozen-values
    lines: "Optional[Lines]" = None
