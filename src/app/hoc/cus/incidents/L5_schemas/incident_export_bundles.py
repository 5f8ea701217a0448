# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Bundles that leave the system: what they contain, as JSON, and the hash of the content.
# Callers: L5 incident_export_engine, spine incidents_export_handler
# Allowed Imports: stdlib, L5_schemas, app.infra
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Export bundles. ``content`` is plain JSON and holds what the reads answer, in the same notation; its hash depends
on nothing else, so exporting again what has not changed gives the same hash. Who exported it, when and why stands
beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from app.infra.canonical_json import content_hash

SCHEMA_VERSION = "2"  # 2: evidence and SOC 2 bundles hold the audit trail
_ID_DIGITS = 12


class BundleKind(str, Enum):
    """Whom a bundle is for; the value begins its id."""

    EVIDENCE = "EVD"
    SOC2 = "SOC2"
    EXECUTIVE_DEBRIEF = "EXEC"


@dataclass(frozen=True)
class ExportBundle:
    """A bundle. ``content_hash`` is the SHA-256 of the canonical JSON of ``content``; ``bundle_id`` names kind and
    content.
    """

    bundle_id: str
    kind: BundleKind
    content: Mapping[str, Any]
    content_hash: str
    exported_by: str
    export_reason: str | None
    prepared_for: str | None
    auditor_notes: str | None


def make_bundle(
    kind: BundleKind,
    content: Mapping[str, Any],
    *,
    exported_by: str,
    export_reason: str | None = None,
    prepared_for: str | None = None,
    auditor_notes: str | None = None,
) -> ExportBundle:
    """Wrap finished content; TypeError for content that is no JSON."""
    digest = content_hash(content)
    return ExportBundle(
        bundle_id=f"{kind.value}-{digest[:_ID_DIGITS]}",
        kind=kind,
        content=content,
        content_hash=digest,
        exported_by=exported_by,
        export_reason=export_reason,
        prepared_for=prepared_for,
        auditor_notes=auditor_notes,
    )


def to_document(value: Any) -> Any:
    """A domain value as plain JSON, in the notation of HTTP answers: moments in UTC with ``Z``, exact amounts as
    plain decimal text, words as text. TypeError for what has no such notation.
    """
    if isinstance(value, Enum):
        return to_document(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return _plain(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_document(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_document(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_document(inner) for inner in value]
    if isinstance(value, float):
        return value  # inside evidence, which clients wrote
    raise TypeError(f"A {type(value).__name__} has no place in an export.")


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
