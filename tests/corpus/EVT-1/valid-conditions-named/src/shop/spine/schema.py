from typing import Any

BASE = {"event_id": str, "event_type": str, "tenant_id": str, "sequence_no": int}
EXTENSIONS = {
    "orders.Placed": ("order_id", "as_of"),
    "orders.Cancelled": ("order_id",),
}


class Violation(ValueError):
    pass


def validate(payload: dict[str, Any]) -> None:
    undeclared = payload.get("event_type") not in EXTENSIONS
    if undeclared:
        raise Violation("event_type")
    missing, invalid = _problems(payload)
    refused = missing or invalid
    if refused:
        raise Violation(f"missing {missing}, invalid {invalid}")


def _problems(payload: dict[str, Any]) -> tuple[list[str], list[str]]:
    forms = dict(BASE) | dict.fromkeys(EXTENSIONS.get(str(payload.get("event_type")), ()), str)
    missing = [name for name in forms if payload.get(name) is None]
    invalid: list[str] = []
    for name, form in forms.items():
        there = payload.get(name) is not None
        if there:
            invalid += _misfit(name, payload[name], form)
    return missing, invalid


def _misfit(name: str, value: Any, form: type) -> list[str]:
    other = not isinstance(value, form) or isinstance(value, bool)
    if other:
        return [f"{name} must be {form.__name__}"]
    if is_empty := value == "":
        return [f"{name} is empty, {is_empty}"]
    blank = str(value).isspace()
    return [f"{name} is blank"] if blank else []
