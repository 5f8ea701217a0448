# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: What every event must say, in general and by type, and the check that it does.
# Callers: spine event_outbox_driver, audit_ledger_driver, events, analytics_handler
# Allowed Imports: L4
# Forbidden Imports: L2
"""The event contract. Validation collects every problem and raises once; nothing that fails it is stored.

Stricter than presence: the type is a declared one, every field has its form, no boolean stands for a number, and
a key that neither the base nor the type knows is refused.
"""

import logging
import re
import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from app.hoc.cus.hoc_spine.authority.event_types import (
    EXTENSION_FIELDS,
    FIELD_FORMS,
    MOMENT,
    OPTIONAL_EXTENSION_FIELDS,
    FieldForm,
    one_of,
    text_up_to,
)

logger = logging.getLogger(__name__)

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
OPTIONAL_EVENT_FIELDS = ("occurred_at",)


class EventSchemaViolation(ValueError):  # noqa: N818  # the name the event contract was published under
    """An event does not meet the contract; ``missing`` and ``invalid`` name the fields."""

    def __init__(self, missing: Sequence[str], invalid: Sequence[str]) -> None:
        self.missing = tuple(missing)
        self.invalid = tuple(invalid)
        super().__init__("; ".join(_as_lines(missing, invalid)))


def validate_event_payload(payload: Mapping[str, Any]) -> None:
    """Log and raise ``EventSchemaViolation`` unless ``payload`` meets the contract."""
    missing, invalid = _problems(payload)
    if missing or invalid:
        logger.warning(
            "event_schema_violation type=%s tenant=%s missing=%s invalid=%s",
            payload.get("event_type"),
            payload.get("tenant_id"),
            missing,
            invalid,
        )
        raise EventSchemaViolation(missing, invalid)


def is_valid_event_payload(payload: Mapping[str, Any]) -> tuple[bool, list[str]]:
    """Whether ``payload`` meets the contract, and every problem if not."""
    problems = _as_lines(*_problems(payload))
    return not problems, problems


def _is_uuid(value: str) -> bool:
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False


_EVENT_TYPE = re.compile(r"[a-z][a-z0-9_]*\.[A-Z][A-Za-z0-9]*", re.ASCII)
_VERSION = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}", re.ASCII)
_BASE_FORMS: Mapping[str, FieldForm] = MappingProxyType(
    {
        "event_id": FieldForm(str, _is_uuid, "a UUID, in lower case with hyphens"),
        "event_type": FieldForm(str, lambda value: bool(_EVENT_TYPE.fullmatch(value)), "domain.Name"),
        "tenant_id": text_up_to(36),
        "project_id": text_up_to(100),
        "actor_type": one_of(*VALID_ACTOR_TYPES),
        "actor_id": text_up_to(100),
        "decision_owner": text_up_to(50),
        "sequence_no": FieldForm(int, lambda value: 0 <= value < 2**63, "0 or more"),
        "schema_version": FieldForm(str, lambda value: bool(_VERSION.fullmatch(value)), "three numbers"),
        "occurred_at": MOMENT,
    }
)


def _as_lines(missing: Sequence[str], invalid: Sequence[str]) -> list[str]:
    return [f"missing: {name}" for name in missing] + [f"invalid: {reason}" for reason in invalid]


def _problems(payload: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    event_type = payload.get("event_type")
    known_type = isinstance(event_type, str) and event_type in EXTENSION_FIELDS
    required = [*REQUIRED_EVENT_FIELDS]
    optional = [*OPTIONAL_EVENT_FIELDS]
    if known_type:
        required += EXTENSION_FIELDS[str(event_type)]
        optional += OPTIONAL_EXTENSION_FIELDS.get(str(event_type), ())
    forms = {**FIELD_FORMS, **_BASE_FORMS}
    missing = [name for name in required if payload.get(name) is None]
    invalid = []
    for name in required + optional:
        if payload.get(name) is not None:
            invalid += _misfit(name, payload[name], forms[name])
        elif name in optional and name in payload:
            invalid.append(f"{name} is null; leave it out")
    if known_type:
        unknown = sorted(set(map(str, payload)) - {*required, *optional})
        invalid += [f"{name} is no field of {event_type}" for name in unknown]
    elif isinstance(event_type, str) and _EVENT_TYPE.fullmatch(event_type):
        invalid.append(f"event_type {event_type} is not declared in event_types")
    return missing, invalid


def _misfit(name: str, value: Any, form: FieldForm) -> list[str]:
    if not isinstance(value, form.kind) or isinstance(value, bool):
        return [f"{name} must be {form.kind.__name__}"]
    if value == "":
        return [f"{name} is empty"]
    return [] if form.fits(value) else [f"{name} must be {form.words}"]
