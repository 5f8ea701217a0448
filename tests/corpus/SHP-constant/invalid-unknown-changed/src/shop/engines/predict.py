from shop.schemas.prediction import Prediction


def bind(thing) -> Prediction:
    thing.is_advisory = False #? only-advice
    return Prediction(1)
