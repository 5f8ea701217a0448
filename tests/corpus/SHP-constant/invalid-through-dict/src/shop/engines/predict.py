from shop.schemas.prediction import Prediction


def bind(prediction: Prediction) -> None:
    vars(prediction)["is_advisory"] = False #! only-advice
