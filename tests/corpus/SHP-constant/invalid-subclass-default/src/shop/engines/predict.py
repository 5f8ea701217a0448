from dataclasses import dataclass

from shop.schemas.prediction import Prediction


@dataclass(frozen=True)
class Order(Prediction): #! only-advice
    is_advisory: bool = False
