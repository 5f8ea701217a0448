from typing import Any

from shop.spine.schema import validate


class Row:
    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload


def append(session: Any, payload: dict[str, Any]) -> None:
    validate(payload)
    session.add(Row(payload=payload))


class Bus:
    def __init__(self, session: Any) -> None:
        self._session = session

    def emit(self, event_type: str, **fields: Any) -> None:
        append(self._session, {"event_id": "1", "event_type": event_type, "sequence_no": 0, **fields})  #! complete
