# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: What every event must say, in general and by type, and the check that it does.
# Callers: spine event_outbox_driver, analytics_handler
# Allowed Imports: none
# Forbidden Imports: L2
"""The event contract. Validation collects every problem and raises once; nothing that fails it is stored.

Stricter than presence: no empty text, no boolean for a number, ids are UUIDs, types are ``domain.Name``,
versions are three numbers, and the extension fields of a known type are required as well.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

CURRENT_SCHEMA_VERSION = "1.0.0"
NO_PROJECT = "__system__"
VALID_ACTOR_TYPES = frozenset({"user", "system", "sdk", "founder"})
REQUIRED_EVENT_FIELDS: Mapping[str, type] = MappingProxyType(
    {
        "event_id": str,
        "event_type": str,
        "tenant_id": str,
        "project_id": str,
        "actor_type": str,
        "actor_id": str,
        "decision_owner": str,
        "sequence_no": int,
        "schema_version": str,
    }
)
# What events of a type must say besides; all text.
EXTENSION_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "analytics.ArtifactRecorded": (
            "dataset_id",
            "dataset_version",
            "input_window_hash",
            "as_of",
            "compute_code_version",
        ),
    }
)
_EVENT_TYPE = re.compile(r"[a-z][a-z0-9_]*\.[A-Z][A-Za-z0-9]*")
_VERSION = re.compile(r"\d+\.\d+\.\d+")


class EventSchemaViolation(ValueError):  # noqa: N818  # the name the event contract was published under
    """An event does not meet the contract; ``missing`` and ``invalid`` name the fields."""

    def __init__(self, missing: Sequence[str], invalid: Sequence[str]) -> None:
        self.missing = tuple(missing)
        self.invalid = tuple(invalid)
        problems = [f"missing: {name}" for name in missing] + [f"invalid: {reason}" for reason in invalid]
        super().__init__("; ".join(problems))


def validate_event_payload(payload: Mapping[str, Any]) -> None:
    """Raise ``EventSchemaViolation`` unless ``payload`` meets the contract."""
    missing, invalid = _problems(payload)
    if missing or invalid:
        raise EventSchemaViolation(missing, invalid)


def is_valid_event_payload(payload: Mapping[str, Any]) -> tuple[bool, list[str]]:
    """Whether ``payload`` meets the contract, and every problem if not."""
    missing, invalid = _problems(payload)
    problems = [f"missing: {name}" for name in missing] + [f"invalid: {reason}" for reason in invalid]
    return not problems, problems


def _problems(payload: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    extension = EXTENSION_FIELDS.get(str(payload.get("event_type")), ())
    expected = dict(REQUIRED_EVENT_FIELDS) | dict.fromkeys(extension, str)
    missing = [name for name in expected if payload.get(name) is None]
    present = {name: payload[name] for name in expected if name not in missing}
    invalid = [
        f"{name} must be {expected[name].__name__}"
        for name, value in present.items()
        if not isinstance(value, expected[name]) or isinstance(value, bool)
    ]
    well_typed = {
        name: value
        for name, value in present.items()
        if f"{name} must be {expected[name].__name__}" not in invalid
    }
    invalid += [f"{name} is empty" for name, value in well_typed.items() if value == ""]
    for name, fits, form in (
        ("event_id", _is_uuid, "a UUID"),
        ("event_type", _EVENT_TYPE.fullmatch, "domain.Name"),
        ("schema_version", _VERSION.fullmatch, "three numbers"),
        ("actor_type", VALID_ACTOR_TYPES.__contains__, "one of " + ", ".join(sorted(VALID_ACTOR_TYPES))),
    ):
        value = well_typed.get(name)
        if value and not fits(value):
            invalid.append(f"{name} must be {form}")
    if well_typed.get("sequence_no", 0) < 0:
        invalid.append("sequence_no must be 0 or more")
    return missing, invalid


def _is_uuid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True
