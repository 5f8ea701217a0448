from dataclasses import replace as copy_of

from shop.schemas.prediction import Prediction


def predict() -> Prediction:
    return copy_of(Prediction(1), is_advisory=False) #! only-advice
