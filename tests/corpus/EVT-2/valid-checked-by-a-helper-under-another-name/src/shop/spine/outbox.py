from typing import Any

from shop.spine.schema import validate as check


class Row:
    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload


def sound(payload: dict[str, Any]) -> dict[str, Any]:
    check(payload)
    return payload


def append(session: Any, payload: dict[str, Any]) -> None:
    session.add(Row(payload=sound(payload)))
