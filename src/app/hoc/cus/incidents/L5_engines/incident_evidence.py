# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Brings evidence into the one form that every database gives back as it was.
# Callers: L5 incident_write_engine
# Allowed Imports: L5_schemas, app.infra
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Evidence as JSON. Its hash is computed from what is stored, so it has to come back the same: PostgreSQL keeps
numbers as decimals, without exponents and without a negative zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.hoc.cus.incidents.L5_engines.incident_texts import is_storable
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.infra.canonical_json import canonical_json

MAX_EVIDENCE_BYTES = 100_000


def plain_payload(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload in the form in which it is hashed and stored; equal to the one given.

    Raises ``IncidentRefusedError`` INVALID_PARAMS for what cannot be stored as JSON without loss.
    """
    try:
        plain = _stable_object(payload)
        size = len(canonical_json(plain))
        fit = all(is_storable(text) for text in _texts(plain))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise IncidentRefusedError(
            "INVALID_PARAMS", "The evidence cannot be written as JSON without loss."
        ) from error
    if not plain or size > MAX_EVIDENCE_BYTES or not fit:
        raise IncidentRefusedError(
            "INVALID_PARAMS",
            f"Evidence must be a JSON object that says something in at most {MAX_EVIDENCE_BYTES} bytes, without NUL.",
        )
    return plain


def _stable(value: Any) -> Any:
    if isinstance(value, float):
        if value == 0:
            return 0.0
        return int(value) if "e+" in repr(value) else value
    if isinstance(value, Mapping):
        return _stable_object(value)
    if isinstance(value, list | tuple):
        return [_stable(inner) for inner in value]
    return value


def _stable_object(value: Mapping[Any, Any]) -> dict[str, Any]:
    if not all(isinstance(key, str) for key in value):
        raise TypeError("the keys of a JSON object are texts")
    return {key: _stable(inner) for key, inner in value.items()}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
