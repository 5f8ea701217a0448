# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Tells errors that are the same but for ids, times and numbers from errors that differ.
# Callers: L5 pattern_detection
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Error signatures."""

from __future__ import annotations

import hashlib
import re

EMPTY_ERROR = "empty_error"
HEX_DIGITS = 16
# In this order: what is part of something longer comes later.
_VOLATILE = (
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"), "<uuid>"),
    (
        re.compile(r"\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?:\s?(?:z|[+-]\d{2}:?\d{2}))?"),
        "<time>",
    ),
    (re.compile(r"\b(?:0x)?(?=[0-9a-f]*\d)[0-9a-f]{8,}\b"), "<hex>"),
    (re.compile(r"\d+"), "<number>"),
)


def compute_error_signature(error: str | None) -> str:
    """16 hexadecimal digits of the SHA-256 of the error without what varies: UUIDs, moments, long hexadecimal
    ids, numbers, case and outer space. ``empty_error`` for an error without text.
    """
    text = (error or "").strip().lower()
    if not text:
        return EMPTY_ERROR
    for pattern, placeholder in _VOLATILE:
        text = pattern.sub(placeholder, text)
    return hashlib.sha256(text.encode()).hexdigest()[:HEX_DIGITS]
