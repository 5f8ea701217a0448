from dataclasses import replace
from typing import Any

from shop.schemas.prediction import Prediction


class Draft:
    is_advisory = False


def change(prediction: Prediction, draft: Draft, name: str) -> Prediction:
    object.__setattr__(prediction, "val" + "ue", 3)
    setattr(draft, name, False)
    changes: dict[str, Any] = {"value": 4, "is_advisory": True}
    return replace(Prediction(1), **changes)
