from dataclasses import dataclass


@dataclass(frozen=True)
class Prediction:
    value: int
    is_advisory: bool = True
