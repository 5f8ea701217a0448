from typing import Any


class Row:
    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload


def append(session: Any, payload: dict[str, Any]) -> None:
    session.add(Row(payload=payload))
