from shop.schemas.prediction import Prediction

PREFIX = "is_"
FLAG = PREFIX + "advisory"


def bind(prediction: Prediction) -> None:
    object.__setattr__(prediction, FLAG, False)  #! only-advice


def bind_again(prediction: Prediction) -> None:
    prediction.__dict__[f"{PREFIX}advisory"] = False  #! only-advice
