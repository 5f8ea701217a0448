# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What signal sources yield per bucket, model or feature, and how a failing source is reported.
# Callers: L5 {analytics_facade, signal_adapter}, L6 analytics_read_driver
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Rows of signal sources. A bucket is ``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:00:00Z``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


class SignalSourceError(RuntimeError):
    """A signal source could not be read; the session it was read on remains usable."""


@dataclass(frozen=True)
class UsageSignalRow:
    """A bucket of usage. ``duplicates`` were left out, ``orphans`` belong to no known run."""

    bucket: str
    requests: int
    tokens: int
    newest: datetime
    duplicates: int = 0
    orphans: int = 0


@dataclass(frozen=True)
class CostSpendRow:
    """A bucket of spending."""

    bucket: str
    spend_cents: Decimal
    requests: int
    input_tokens: int
    output_tokens: int
    newest: datetime


@dataclass(frozen=True)
class ModelSpendRow:
    """Spending on one model."""

    model: str
    spend_cents: Decimal
    requests: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class FeatureSpendRow:
    """Spending under one feature tag."""

    feature_tag: str
    spend_cents: Decimal
    requests: int
