from shop.schemas.prediction import Prediction


def predict(data: dict) -> Prediction:
    return Prediction(**data) #? only-advice
