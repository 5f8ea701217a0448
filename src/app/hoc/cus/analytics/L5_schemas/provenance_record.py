# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Provenance of simulations as drivers and engines exchange it: what to write, what is stored, what to ask for.
# Callers: L5_engines, L6 provenance_{async,driver,comparison_driver}, spine provenance_coordinator,
#          costsim_provenance_handler
# Allowed Imports: stdlib, app.infra
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Values of provenance. Costs are cents and exact; moments are aware."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.infra.canonical_json import canonical_json, content_hash
from app.infra.time import utc_now

VARIANTS = ("v1", "v2", "canary")
SOURCES = ("sandbox", "canary", "manual", "backfill")
STATUSES = ("success", "error", "timeout", "schema_error")
VERDICTS = ("match", "minor_drift", "major_drift", "mismatch")
MAX_LIMIT = 1000
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXT_LENGTHS = {
    "tenant_id": 36,
    "run_id": 64,
    "model_version": 32,
    "adapter_version": 32,
    "commit_sha": 64,
}


class InvalidProvenanceError(ValueError):
    """A record cannot be stored or a query cannot be answered; the message names every problem."""


@dataclass(frozen=True)
class NewProvenance:
    """One simulation to record. Without an ``input_hash`` the payload is hashed.

    Raises ``InvalidProvenanceError`` naming everything that cannot be stored.
    """

    tenant_id: str
    run_id: str | None = None
    variant_slug: str = "v2"
    source: str = "sandbox"
    model_version: str | None = None
    adapter_version: str | None = None
    commit_sha: str | None = None
    input_hash: str | None = None
    output_hash: str | None = None
    v1_cost: Decimal | int | None = None
    v2_cost: Decimal | int | None = None
    payload: Mapping[str, Any] | None = None
    runtime_ms: int | None = None
    status: str = "success"
    verdict: str | None = None
    drift_score: float | None = None
    created_at: datetime = field(default_factory=utc_now)

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise InvalidProvenanceError("provenance record: " + "; ".join(problems))
        if self.input_hash is None:
            object.__setattr__(self, "input_hash", content_hash(self.payload))

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> NewProvenance:
        """Read a record from plain data; raises ``InvalidProvenanceError`` also for keys that do not exist."""
        known = {item.name for item in fields(cls)}
        unknown = sorted(str(key) for key in raw if key not in known)
        if unknown:
            raise InvalidProvenanceError(f"provenance record: unknown keys {', '.join(unknown)}")
        return cls(**{"tenant_id": "", **raw})

    @property
    def cost_delta(self) -> Decimal | None:
        """V2 minus V1; None unless both are known."""
        if self.v1_cost is None or self.v2_cost is None:
            return None
        return Decimal(self.v2_cost) - Decimal(self.v1_cost)

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies the simulation: tenant, variant, input hash."""
        return (self.tenant_id, self.variant_slug, self.input_hash or "")


@dataclass(frozen=True)
class ProvenanceRecord:
    """One stored simulation, with everything needed to run it again."""

    id: int
    tenant_id: str
    run_id: str | None
    variant_slug: str
    source: str
    status: str
    model_version: str | None
    adapter_version: str | None
    commit_sha: str | None
    input_hash: str
    output_hash: str | None
    v1_cost: Decimal | None
    v2_cost: Decimal | None
    cost_delta: Decimal | None
    drift_score: float | None
    verdict: str | None
    payload: Mapping[str, Any] | None
    runtime_ms: int | None
    created_at: datetime


@dataclass(frozen=True)
class ProvenanceFilters:
    """Which records of a tenant are meant. Bounds are inclusive, None means no restriction; nothing written
    after ``as_of`` is seen.
    """

    tenant_id: str
    variant_slug: str | None = None
    source: str | None = None
    status: str | None = None
    input_hash: str | None = None
    run_id: str | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    as_of: datetime | None = None

    def __post_init__(self) -> None:
        problems = [] if self.tenant_id else ["tenant_id is missing"]
        problems += [
            f"{name} must be one of {', '.join(known)}, not {value!r}"
            for name, value, known in (
                ("variant_slug", self.variant_slug, VARIANTS),
                ("source", self.source, SOURCES),
                ("status", self.status, STATUSES),
            )
            if value is not None and value not in known
        ]
        if problems:
            raise InvalidProvenanceError("provenance query: " + "; ".join(problems))
        for name in ("start_date", "end_date", "as_of"):
            object.__setattr__(self, name, in_utc(getattr(self, name)))


@dataclass(frozen=True)
class CostComparison:
    """What both models said about one simulation; no plan, so that thousands fit into memory."""

    id: int
    tenant_id: str
    created_at: datetime
    input_hash: str
    v1_cost: Decimal
    v2_cost: Decimal
    drift_score: float | None
    verdict: str | None


@dataclass(frozen=True)
class DriftStats:
    """V2 minus V1 in cents over ``total`` records; all zero when there is none. ``stddev_delta`` is the
    sample standard deviation, 0 for a single record.
    """

    total: int
    avg_delta: float
    min_delta: float
    max_delta: float
    stddev_delta: float


def in_utc(moment: datetime | None) -> datetime | None:
    """The moment in UTC; one without a time zone is taken to be in UTC."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _problems(record: NewProvenance) -> list[str]:
    problems = [] if record.tenant_id else ["tenant_id is missing"]
    for name, length in _TEXT_LENGTHS.items():
        text = getattr(record, name)
        if text is not None and (not isinstance(text, str) or len(text) > length):
            problems.append(f"{name} must be text of at most {length} characters")
    for name, known in (
        ("variant_slug", VARIANTS),
        ("source", SOURCES),
        ("status", STATUSES),
        ("verdict", (*VERDICTS, None)),
    ):
        if getattr(record, name) not in known:
            problems.append(f"{name} must be one of {', '.join(map(str, known))}")
    for name in ("input_hash", "output_hash"):
        digest = getattr(record, name)
        if digest is not None and not (isinstance(digest, str) and _SHA256.fullmatch(digest)):
            problems.append(f"{name} must be a SHA-256, 64 lower-case hexadecimal digits")
    for name in ("v1_cost", "v2_cost"):
        cost = getattr(record, name)
        if cost is not None and (isinstance(cost, bool) or not isinstance(cost, Decimal | int)):
            problems.append(f"{name} must be exact (Decimal or int), not {type(cost).__name__}")
        elif cost is not None and not Decimal(cost).is_finite():
            problems.append(f"{name} must be finite")
    if record.drift_score is not None and not 0 <= record.drift_score <= 1:
        problems.append("drift_score must lie between 0 and 1")
    if record.created_at.tzinfo is None:
        problems.append("created_at has no time zone")
    if record.payload is None and record.input_hash is None:
        problems.append("either input_hash or payload is needed to identify the simulation")
    elif record.payload is not None:
        try:
            canonical_json(record.payload)
        except (TypeError, ValueError, RecursionError):
            problems.append("payload holds something that JSON cannot say")
    return problems
