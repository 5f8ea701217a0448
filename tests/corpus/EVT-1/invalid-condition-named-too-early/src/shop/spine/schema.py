from typing import Any

BASE = {"event_id": str, "event_type": str, "tenant_id": str, "sequence_no": int}
EXTENSIONS = {
    "orders.Placed": ("order_id", "as_of"),
    "orders.Cancelled": ("order_id",),
}


class Violation(ValueError):
    pass


def validate(payload: dict[str, Any]) -> None:  #! strict, strict, strict
    wrong: list[str] = []
    refused = payload.get("event_type") not in EXTENSIONS or len(wrong) > 0
    for name, kind in BASE.items():
        if not isinstance(payload.get(name), kind):
            wrong.append(name)
    if refused:
        raise Violation(f"wrong {wrong}")
    for name in (*BASE, *EXTENSIONS[payload["event_type"]]):
        if payload.get(name) is None:
            raise Violation(name)
