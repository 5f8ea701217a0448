from dataclasses import dataclass


@dataclass
class Order: #! frozen-values
    total: int
