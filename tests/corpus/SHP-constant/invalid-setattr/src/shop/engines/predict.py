from shop.schemas.prediction import Prediction


def bind(prediction: Prediction) -> None:
    object.__setattr__(prediction, "is_advisory", False) #! only-advice
