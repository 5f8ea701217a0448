from typing import Any

BASE = {"event_id": str, "event_type": str, "tenant_id": str, "sequence_no": int}
EXTENSIONS = {
    "orders.Placed": ("order_id", "as_of"),
    "orders.Cancelled": ("order_id",),
}


class Violation(ValueError):
    pass


def validate(payload: dict[str, Any]) -> None:  #? strict, strict, strict, strict, strict, strict, strict, strict, strict, strict, strict, strict, strict
    import jsonschema

    jsonschema.validate(payload, {"required": list(BASE)})
