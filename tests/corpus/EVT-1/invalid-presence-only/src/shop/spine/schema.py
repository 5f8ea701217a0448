from typing import Any

BASE = {"event_id": str, "event_type": str, "tenant_id": str, "sequence_no": int}
EXTENSIONS = {
    "orders.Placed": ("order_id", "as_of"),
    "orders.Cancelled": ("order_id",),
}


class Violation(ValueError):
    pass


def validate(payload: dict[str, Any]) -> None:  #! strict, strict, strict
    if payload["event_type"] not in EXTENSIONS:
        raise Violation("event_type")
    for name in [*BASE, *EXTENSIONS[payload["event_type"]]]:
        if name not in payload:
            raise Violation(name)
