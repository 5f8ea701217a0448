from dataclasses import dataclass


@dataclass
class Draft:
    lines: list[str]
