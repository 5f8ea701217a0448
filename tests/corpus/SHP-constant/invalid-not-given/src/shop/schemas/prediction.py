from dataclasses import dataclass


@dataclass
class Prediction:
    value: int
    is_advisory: bool
