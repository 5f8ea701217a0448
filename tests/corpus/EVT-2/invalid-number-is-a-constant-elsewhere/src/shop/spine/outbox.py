from typing import Any

from shop.spine.schema import validate


FIRST = 1


class Row:
    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload


def append(session: Any, payload: dict[str, Any]) -> None:
    payload = dict(payload)
    payload['sequence_no'] = FIRST
    validate(payload)
    session.add(Row(payload=payload))  #! checked
