# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: What texts of incidents may hold, so that every database can store them.
# Callers: L5 {incident_aggregator, incident_evidence, incident_opening_engine, incident_postmortem_engine,
#          incident_steps, incident_suppression_engine}
# Allowed Imports: none
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Checks of texts that people write."""

from __future__ import annotations

from collections.abc import Mapping


def text_problems(texts: Mapping[str, tuple[str | None, int]]) -> list[str]:
    """What is wrong about texts, each with the number of characters it may have; None is nothing said."""
    return [
        f"{name} must be text of 1 to {most} characters that can be stored (no NUL, no half of a character)"
        for name, (text, most) in texts.items()
        if text is not None and (not text.strip() or len(text) > most or not is_storable(text))
    ]


def is_storable(text: str) -> bool:
    """Whether a text has neither a NUL, which PostgreSQL refuses, nor half of a character, which is no text."""
    try:
        return b"\x00" not in text.encode()
    except UnicodeEncodeError:
        return False
