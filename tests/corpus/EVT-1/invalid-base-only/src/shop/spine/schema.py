from typing import Any

BASE = {"event_id": str, "event_type": str, "tenant_id": str, "sequence_no": int}
EXTENSIONS = {
    "orders.Placed": ("order_id", "as_of"),
    "orders.Cancelled": ("order_id",),
}


class Violation(ValueError):
    pass


def validate(payload: dict[str, Any]) -> None:  #! strict, strict, strict
    if payload.get("event_type") not in EXTENSIONS:
        raise Violation("event_type")
    for name, kind in BASE.items():
        if payload.get(name) is None or not isinstance(payload[name], kind):
            raise Violation(name)
