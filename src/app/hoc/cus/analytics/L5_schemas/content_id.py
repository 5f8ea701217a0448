# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Ids of derived rows, computed from what they are about, so that deriving them again gives the same row.
# Callers: L5_engines, L6_drivers
# Allowed Imports: stdlib, L5_schemas, app.infra
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Content-derived ids: 128 bits of the SHA-256 of the canonical JSON of their parts."""

from __future__ import annotations

import uuid

from app.infra.canonical_json import content_hash

HEX_DIGITS = 32


def content_id(prefix: str, *parts: str | int | None) -> str:
    """``prefix_`` and 32 hexadecimal digits that depend on every part and its position."""
    return f"{prefix}_{content_hash([prefix, *parts])[:HEX_DIGITS]}"


def content_uuid(kind: str, *parts: str | int | None) -> uuid.UUID:
    """The same as a UUID of version 8 (a layout of one's own, RFC 9562)."""
    return uuid.UUID(hex=_version_8(content_hash([kind, *parts])[:HEX_DIGITS]))


def _version_8(digits: str) -> str:
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:12]}8{digits[13:16]}{variant}{digits[17:]}"
