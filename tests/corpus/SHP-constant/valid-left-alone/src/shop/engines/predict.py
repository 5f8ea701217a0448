from dataclasses import replace
from shop.schemas.prediction import Prediction

ADVICE = True


def predict() -> list[Prediction]:
    first = Prediction(1)
    second = Prediction(2, True)
    third = Prediction(value=3, is_advisory=ADVICE)
    return [first, second, replace(third, value=4), Prediction(**{"value": 5, "is_advisory": True})]
