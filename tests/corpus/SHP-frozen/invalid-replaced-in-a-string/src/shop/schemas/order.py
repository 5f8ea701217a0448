from dataclasses import dataclass


@dataclass(frozen=True)
class Order:  #! frozen-values
    lines: 'list[str]'
