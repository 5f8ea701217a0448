from dataclasses import dataclass

from shop.schemas.prediction import Prediction


@dataclass(frozen=True)
class Costly(Prediction):
    price: int = 0


def predict() -> Prediction:
    return Costly(1, price=3)
