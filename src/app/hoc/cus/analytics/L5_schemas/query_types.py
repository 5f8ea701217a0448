# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: How statistics may be asked for: resolution and scope.
# Callers: L5_engines, L6_drivers, spine handlers
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`ResolutionType` and `ScopeType`."""

from __future__ import annotations

from enum import Enum


class ResolutionType(str, Enum):
    """Width of a bucket of a time series; buckets are in UTC."""

    HOUR = "hour"
    DAY = "day"


class ScopeType(str, Enum):
    """What statistics cover. Signals carry no project or environment yet, so only ``org`` can be served."""

    ORG = "org"
    PROJECT = "project"
    ENV = "env"
