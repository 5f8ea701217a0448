from dataclasses import replace
from typing import Any

from shop.schemas.prediction import Prediction


def change(prediction: Prediction, name: str, value: Any) -> None:
    object.__setattr__(prediction, name, value)  #? only-advice


def store(prediction: Prediction, name: str, value: Any) -> None:
    vars(prediction)[name] = value  #? only-advice


def changed(prediction: Prediction, changes: dict[str, Any]) -> Prediction:
    return replace(prediction, **changes)  #? only-advice


def changed_besides(prediction: Prediction, more: dict[str, Any]) -> Prediction:
    changes = {"value": 4, **more}
    return replace(prediction, **changes)  #? only-advice
