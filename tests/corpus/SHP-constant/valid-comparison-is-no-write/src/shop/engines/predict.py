from shop.schemas.prediction import Prediction


def predict(one: Prediction) -> bool:
    made = Prediction(1)
    return one.is_advisory is False or made.is_advisory == False
