from shop.schemas.prediction import Prediction


def predict() -> Prediction:
    """Prediction(1, is_advisory=False)"""
    # made.is_advisory = False
    return Prediction(len("is_advisory=False"))
