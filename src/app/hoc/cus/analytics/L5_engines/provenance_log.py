# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: One simulation as provenance keeps it: what went in, what came out, and by which code.
# Callers: L5 provenance
# Allowed Imports: stdlib, L5_engines, L5_schemas, app.infra
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""`ProvenanceLog`, and how simulations are hashed and compressed. Offered to others by ``provenance``."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from app.hoc.cus.analytics.L5_engines.config_engine import UNKNOWN_COMMIT, CostSimConfig
from app.hoc.cus.analytics.L5_schemas.provenance_record import ProvenanceRecord, in_utc
from app.infra.canonical_json import canonical_json

# What a simulation decides; runtime, versions and warnings vary without the outcome being another.
OUTCOME_FIELDS = (
    "feasible",
    "status",
    "estimated_cost_cents",
    "estimated_duration_ms",
    "step_estimates",
)


@dataclass(frozen=True)
class ProvenanceLog:
    """One simulation. ``input_json`` and ``output_json`` are canonical JSON, as text or compressed (gzip,
    base64). Costs are cents; ``plan_hash`` identifies the plan whatever its limits.
    """

    id: str
    timestamp: datetime
    input_hash: str
    output_hash: str
    input_json: str
    output_json: str
    compressed: bool = False
    model_version: str = ""
    adapter_version: str = ""
    commit_sha: str = UNKNOWN_COMMIT
    runtime_ms: int = 0
    status: str = "success"
    tenant_id: str = ""
    run_id: str | None = None
    plan_hash: str = ""
    variant_slug: str = "v2"
    v1_cost: int | None = None
    v2_cost: int | None = None
    verdict: str | None = None
    drift_score: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain JSON data; ``from_dict`` reads it back."""
        return asdict(self) | {"timestamp": self.timestamp.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ProvenanceLog:
        """Read what ``to_dict`` wrote. Raises ``ValueError`` for anything else."""
        known = {item.name for item in fields(cls)}
        try:
            moment = in_utc(datetime.fromisoformat(data["timestamp"]))
            return cls(**{**{key: data[key] for key in data if key in known}, "timestamp": moment})
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"this is no provenance log entry: {error!r}") from error

    @classmethod
    def from_record(cls, record: ProvenanceRecord) -> ProvenanceLog:
        """The entry a stored record was written from. Its id is the record's."""
        payload = record.payload or {}
        compressed = bool(payload.get("compressed"))
        texts = [
            part if compressed and isinstance(part, str) else canonical_json(part)
            for part in (payload.get("input"), payload.get("output"))
        ]
        return cls(
            id=str(record.id),
            timestamp=record.created_at,
            input_hash=record.input_hash,
            output_hash=record.output_hash or "",
            input_json=texts[0],
            output_json=texts[1],
            compressed=compressed,
            model_version=record.model_version or "",
            adapter_version=record.adapter_version or "",
            commit_sha=record.commit_sha or UNKNOWN_COMMIT,
            runtime_ms=record.runtime_ms or 0,
            status=record.status,
            tenant_id=record.tenant_id,
            run_id=record.run_id,
            plan_hash=str(payload.get("plan_hash", "")),
            variant_slug=record.variant_slug,
            v1_cost=None if record.v1_cost is None else round(record.v1_cost),
            v2_cost=None if record.v2_cost is None else round(record.v2_cost),
            verdict=record.verdict,
            drift_score=record.drift_score,
        )

    def to_record(self) -> dict[str, Any]:
        """The record as the provenance driver takes it."""
        stored = (
            (self.input_json, self.output_json)
            if self.compressed
            else (json.loads(self.input_json), json.loads(self.output_json))
        )
        return {
            "tenant_id": self.tenant_id,
            "run_id": self.run_id,
            "variant_slug": self.variant_slug,
            "source": "sandbox",
            "status": self.status,
            "model_version": self.model_version,
            "adapter_version": self.adapter_version,
            "commit_sha": self.commit_sha,
            "input_hash": self.input_hash,
            "output_hash": self.output_hash,
            "v1_cost": self.v1_cost,
            "v2_cost": self.v2_cost,
            "verdict": self.verdict,
            "drift_score": self.drift_score,
            "runtime_ms": self.runtime_ms,
            "payload": {
                "input": stored[0],
                "output": stored[1],
                "compressed": self.compressed,
                "plan_hash": self.plan_hash,
            },
            "created_at": self.timestamp,
        }

    def get_decompressed_input(self) -> Any:
        """What was simulated, as data."""
        return _decompressed(self.input_json) if self.compressed else json.loads(self.input_json)

    def get_decompressed_output(self) -> Any:
        """What came out, as data."""
        return _decompressed(self.output_json) if self.compressed else json.loads(self.output_json)


def recorded_content(
    input_data: Mapping[str, Any], output_data: Mapping[str, Any], config: CostSimConfig
) -> dict[str, Any]:
    """The fields of a :class:`ProvenanceLog` that say what went in, what came out, and by which code.

    Raises ``ValueError`` for data that JSON cannot say.
    """
    compress = config.provenance_compress
    outcome = {name: output_data[name] for name in OUTCOME_FIELDS if name in output_data}
    return {
        "input_hash": compute_hash(input_data),
        "output_hash": compute_hash(outcome or output_data),
        "input_json": compress_json(input_data) if compress else canonical_json(input_data),
        "output_json": compress_json(output_data) if compress else canonical_json(output_data),
        "compressed": compress,
        "plan_hash": compute_hash(input_data.get("plan", [])),
        "model_version": config.model_version,
        "adapter_version": config.adapter_version,
        "commit_sha": config.commit_sha,
    }


def compute_hash(data: Any) -> str:
    """SHA-256, 64 hexadecimal digits: of the canonical JSON of containers, else of the text form."""
    text = canonical_json(data) if isinstance(data, Mapping | list | tuple) else str(data)
    return hashlib.sha256(text.encode()).hexdigest()


def compress_json(data: Any) -> str:
    """The canonical JSON of ``data``, gzipped and in base64; the same data always gives the same text."""
    packed = gzip.compress(canonical_json(data).encode("ascii"), mtime=0)
    # Byte 9 names the operating system that compressed; it must not make a difference.
    return base64.b64encode(packed[:9] + b"\xff" + packed[10:]).decode("ascii")


def _decompressed(text: str) -> Any:
    return json.loads(gzip.decompress(base64.b64decode(text)))
