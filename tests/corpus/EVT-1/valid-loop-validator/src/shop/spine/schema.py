from typing import Any

BASE = {"event_id": str, "event_type": str, "tenant_id": str, "sequence_no": int}
EXTENSIONS = {
    "orders.Placed": ("order_id", "as_of"),
    "orders.Cancelled": ("order_id",),
}


class Violation(ValueError):
    pass


def validate(payload: dict[str, Any]) -> None:
    kind = payload.get("event_type")
    if kind not in EXTENSIONS:
        raise Violation("event_type")
    for name in (*BASE, *EXTENSIONS[kind]):
        if payload.get(name) is None:
            raise Violation(name)
    for name, expected in BASE.items():
        _require(payload[name], expected, name)


def _require(value: Any, expected: type, name: str) -> None:
    if not isinstance(value, expected):
        raise Violation(name)
