from dataclasses import dataclass

from settings import OPTIONS


@dataclass(**OPTIONS)
class Order: #? frozen-values
    total: int
