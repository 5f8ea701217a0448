# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: The published recipe that tells whether two incidents are the same thing happening again.
# Callers: L5 incident_opening_engine, spine incidents_recurrence_handler
# Allowed Imports: L5_schemas, app.infra
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The recurrence signature.

Recipe, version 1.0.0: the SHA-256, in hexadecimal, of the canonical JSON of an object with the keys

* ``signature_version``: the version, so that a changed recipe never continues an old group;
* ``tenant_id``, ``source_type``, ``category``, ``trigger_type``, ``cause_type``, ``impact_scope``: as stored;
* ``error_code``: upper case, or null;
* ``error_shape``: the error message with what differs from one occurrence to the next taken out, or null.

Taken out are, in this order: UUIDs (``<uuid>``), moments in ISO 8601 (``<time>``), numbers and runs of eight and
more hexadecimal digits that contain a digit (both ``<n>``, for some ids have only digits by chance), the
difference between upper and lower case and between kinds of blanks. Severity, amounts, ids, texts for people and
the affected agent do not count. Whatever changes in this list gets a new version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.hoc.cus.incidents.L5_schemas.incident_row import NewIncident
from app.infra.canonical_json import content_hash

SIGNATURE_VERSION = "1.0.0"
INPUTS = (
    "tenant_id",
    "source_type",
    "category",
    "trigger_type",
    "cause_type",
    "impact_scope",
    "error_code",
    "error_shape",
)
_TAKEN_OUT = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (
        re.compile(r"\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?"),
        "<time>",
    ),
    (re.compile(r"\b(?:0x)?(?=[a-f]*\d)[0-9a-f]{8,}\b(?:[.,]\d+)*|\d+(?:[.,]\d+)*"), "<n>"),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True)
class SignatureRecipe:
    """A version of the recipe."""

    version: str

    def sign(self, incident: NewIncident) -> str:
        """The signature, 64 hexadecimal digits."""
        return content_hash({"signature_version": self.version, **signature_inputs(incident)})


PUBLISHED_RECIPE = SignatureRecipe(SIGNATURE_VERSION)


def signature_inputs(incident: NewIncident) -> Mapping[str, Any]:
    """What the recipe looks at, by name."""
    return {
        "tenant_id": incident.tenant_id,
        "source_type": incident.source_type.value,
        "category": incident.category,
        "trigger_type": incident.trigger_type,
        "cause_type": incident.cause_type.value,
        "impact_scope": incident.impact_scope,
        "error_code": None if incident.error_code is None else incident.error_code.upper(),
        "error_shape": None if incident.error_message is None else error_shape(incident.error_message),
    }


def error_shape(message: str) -> str:
    """An error message without what differs from one occurrence to the next."""
    shape = message.lower()
    for pattern, placeholder in _TAKEN_OUT:
        shape = pattern.sub(placeholder, shape)
    return shape.strip()
