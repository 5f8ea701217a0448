from shop.schemas.prediction import Prediction


def predict(binding: bool) -> Prediction:
    return Prediction(1, is_advisory=not binding) #! only-advice
