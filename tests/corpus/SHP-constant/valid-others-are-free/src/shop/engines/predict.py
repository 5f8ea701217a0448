from dataclasses import dataclass

from shop.schemas.prediction import Prediction


@dataclass
class Decision:
    is_advisory: bool = False


def decide() -> object:
    """Prediction(is_advisory=False)"""
    made = Decision(is_advisory=False)
    made.is_advisory = False
    return made, Prediction(1)
