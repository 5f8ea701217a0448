from typing import Any

from shop.spine.schema import validate


def next_number(session: Any) -> int:
    return session.scalar('select max(n) + 1 from rows')


class Row:
    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload


def append(session: Any, payload: dict[str, Any]) -> None:
    payload = {**payload, 'sequence_no': next_number(session)}
    validate(payload)
    session.add(Row(payload=payload))
