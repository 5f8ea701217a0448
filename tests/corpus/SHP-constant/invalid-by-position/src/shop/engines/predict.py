from shop.schemas.prediction import Prediction


def predict() -> Prediction:
    return Prediction(1, False) #! only-advice
