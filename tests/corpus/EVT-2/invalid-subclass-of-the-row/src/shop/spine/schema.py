from typing import Any

BASE = {"event_id": str, "event_type": str, "tenant_id": str, "sequence_no": int}
EXTENSIONS = {
    "orders.Placed": ("order_id", "as_of"),
    "orders.Cancelled": ("order_id",),
}


class Violation(ValueError):
    pass


def validate(payload: dict[str, Any]) -> None:
    expected = dict(BASE) | dict.fromkeys(EXTENSIONS.get(str(payload.get("event_type")), ()), str)
    missing = [name for name in expected if payload.get(name) is None]
    wrong = [
        name
        for name, kind in expected.items()
        if name not in missing and (not isinstance(payload[name], kind) or isinstance(payload[name], bool))
    ]
    if payload.get("event_type") not in EXTENSIONS:
        wrong.append("event_type")
    if missing or wrong:
        raise Violation(f"missing {missing}, wrong {wrong}")
