from typing import Any


def append(session: Any, payload: dict[str, Any]) -> None:
    session.add(payload)


def emit(session: Any, event_type: str, **fields: Any) -> None:
    append(session, {"event_type": event_type, **fields})
