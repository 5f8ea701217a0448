# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Arithmetic on exact amounts: where a quotient has to be rounded, and how amounts are written.
# Callers: L5_engines
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Exact amounts. Sums stay exact; only quotients are rounded, half to even, to six places."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
HUNDRED = Decimal(100)
_QUANTUM = Decimal("0.000001")
# Storage takes amounts below 10**12; a quotient of a huge and a tiny amount may lie above.
_LARGEST = Decimal("999999999999.999999")


def round_amount(value: Decimal) -> Decimal:
    """``value`` with six places, within what can be stored."""
    return max(-_LARGEST, min(_LARGEST, value)).quantize(_QUANTUM, ROUND_HALF_EVEN)


def percent_of(part: Decimal, whole: Decimal, places: int = 2) -> Decimal:
    """``part`` as a percentage of ``whole``, rounded half up; 0 when ``whole`` is 0."""
    if whole == 0:
        return ZERO
    return (part / whole * HUNDRED).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """The shortest exact notation without an exponent: ``4``, ``0.4``, ``-12.345``."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
