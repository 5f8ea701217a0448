# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Writes and reads the provenance of cost simulations (table costsim_provenance).
# Callers: spine canary_coordinator, provenance_coordinator, costsim_provenance_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy, app.infra
# Forbidden Imports: L2, L4, L5_engines
# Reads: costsim_provenance
# Writes: none
"""Provenance driver: append-only, one tenant per call, never ends the caller's transaction.

Writing is idempotent: a simulation is identified by tenant, variant and input hash, and the first record of
it stands. The one hash form is the full SHA-256 of canonical JSON; short forms are not stored or compared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.provenance_record import (
    MAX_LIMIT,
    DriftStats,
    InvalidProvenanceError,
    NewProvenance,
    ProvenanceFilters,
    ProvenanceRecord,
)
from app.hoc.cus.analytics.L6_drivers.provenance_driver import (
    insert_records,
    matching_provenance,
    to_record,
)
from app.infra.canonical_json import content_hash
from app.models.costsim_cb import CostSimProvenanceModel


async def write_provenance(
    run_id: str | None = None,
    tenant_id: str | None = None,
    variant_slug: str = "v2",
    source: str = "sandbox",
    model_version: str | None = None,
    adapter_version: str | None = None,
    commit_sha: str | None = None,
    input_hash: str | None = None,
    output_hash: str | None = None,
    v1_cost: Decimal | int | None = None,
    v2_cost: Decimal | int | None = None,
    payload: Mapping[str, Any] | None = None,
    runtime_ms: int | None = None,
    session: AsyncSession | None = None,
    *,
    status: str = "success",
    verdict: str | None = None,
    drift_score: float | None = None,
) -> int:
    """Record one simulation in the caller's transaction; returns the id of its record, new or known.

    Raises ``InvalidProvenanceError`` for a record that cannot be stored (a tenant is required) or without a
    session, since nothing could be kept then.
    """
    record = {
        "run_id": run_id,
        "tenant_id": tenant_id or "",
        "variant_slug": variant_slug,
        "source": source,
        "model_version": model_version,
        "adapter_version": adapter_version,
        "commit_sha": commit_sha,
        "input_hash": input_hash,
        "output_hash": output_hash,
        "v1_cost": v1_cost,
        "v2_cost": v2_cost,
        "payload": payload,
        "runtime_ms": runtime_ms,
        "status": status,
        "verdict": verdict,
        "drift_score": drift_score,
    }
    return (await write_provenance_batch([record], session))[0]


async def write_provenance_batch(
    records: Sequence[Mapping[str, Any]], session: AsyncSession | None = None
) -> list[int]:
    """Record simulations in the caller's transaction; returns their ids in the order of ``records``.

    Each record has the keys of ``write_provenance`` (and ``created_at``, the present moment by default).
    Raises as ``write_provenance`` does; then nothing of the batch is written.
    """
    if session is None:
        raise InvalidProvenanceError(
            "provenance needs the session of the transaction it belongs to; without one it would be lost"
        )
    parsed = [NewProvenance.parse(record) for record in records]
    return [stored.id for stored in await insert_records(session, parsed)]


async def query_provenance(
    tenant_id: str | None = None,
    variant_slug: str | None = None,
    source: str | None = None,
    input_hash: str | None = None,
    start_date: datetime | None = None,
    end_date: datetime | None = None,
    limit: int = 100,
    offset: int = 0,
    *,
    session: AsyncSession,
    status: str | None = None,
    run_id: str | None = None,
    as_of: datetime | None = None,
) -> list[ProvenanceRecord]:
    """Records of a tenant, newest first (ties by id, highest first); ``limit`` is clamped to 1..1000.

    Raises ``InvalidProvenanceError`` without a tenant or for a variant, source or status that does not exist.
    """
    filters = ProvenanceFilters(
        tenant_id or "", variant_slug, source, status, input_hash, run_id, start_date, end_date, as_of
    )
    statement = (
        select(CostSimProvenanceModel)
        .where(*matching_provenance(filters))
        .order_by(CostSimProvenanceModel.created_at.desc(), CostSimProvenanceModel.id.desc())
        .limit(min(max(limit, 1), MAX_LIMIT))
        .offset(max(offset, 0))
    )
    return [to_record(row) for row in await session.scalars(statement)]


async def count_provenance(
    tenant_id: str | None = None,
    variant_slug: str | None = None,
    start_date: datetime | None = None,
    end_date: datetime | None = None,
    *,
    session: AsyncSession,
    source: str | None = None,
    input_hash: str | None = None,
    status: str | None = None,
    run_id: str | None = None,
    as_of: datetime | None = None,
) -> int:
    """How many records ``query_provenance`` would find with the same filters if it did not page."""
    filters = ProvenanceFilters(
        tenant_id or "", variant_slug, source, status, input_hash, run_id, start_date, end_date, as_of
    )
    counted = await session.scalar(
        select(func.count()).select_from(CostSimProvenanceModel).where(*matching_provenance(filters))
    )
    return counted or 0


async def get_drift_stats(
    start_date: datetime | None = None,
    end_date: datetime | None = None,
    *,
    tenant_id: str,
    session: AsyncSession,
    as_of: datetime | None = None,
) -> DriftStats:
    """Statistics of V2 minus V1 over a tenant's records that have both costs.

    Computed exactly from the distinct deltas and their counts: the databases have no standard deviation in
    common, and sums of squares in floating point cancel.
    """
    filters = ProvenanceFilters(tenant_id, start_date=start_date, end_date=end_date, as_of=as_of)
    delta = CostSimProvenanceModel.cost_delta
    grouped = await session.execute(
        select(delta, func.count())
        .where(*matching_provenance(filters), delta.is_not(None))
        .group_by(delta)
        .order_by(delta)
    )
    counts = [(Fraction(value), number) for value, number in grouped if value is not None]
    total = sum(number for _, number in counts)
    if not total:
        return DriftStats(0, 0.0, 0.0, 0.0, 0.0)
    mean = sum(value * number for value, number in counts) / total
    squares = sum((value - mean) ** 2 * number for value, number in counts)
    return DriftStats(
        total=total,
        avg_delta=float(mean),
        min_delta=float(counts[0][0]),
        max_delta=float(counts[-1][0]),
        stddev_delta=math.sqrt(squares / (total - 1)) if total > 1 else 0.0,
    )


async def check_duplicate(
    input_hash: str, *, tenant_id: str, session: AsyncSession, variant_slug: str = "v2"
) -> bool:
    """Whether the tenant has a record of this input and variant."""
    filters = ProvenanceFilters(tenant_id, variant_slug=variant_slug, input_hash=input_hash)
    found = await session.scalar(
        select(CostSimProvenanceModel.id).where(*matching_provenance(filters)).limit(1)
    )
    return found is not None


def compute_input_hash(payload: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of ``payload`` (keys sorted, no spaces, ASCII), 64 hexadecimal digits.

    The published 16-digit form is its beginning; it is not used, since mixing the two defeats recognition.
    """
    return content_hash(payload)


async def backfill_v1_baseline(
    records: Sequence[Mapping[str, Any]], batch_size: int = 100, *, session: AsyncSession
) -> dict[str, int]:
    """Record V1 costs of the past: variant ``v1``, source ``backfill``. Returns how many were ``inserted``,
    ``skipped`` (known already) and refused (``errors``).

    A record has ``tenant_id``, ``payload`` and ``cost`` (exact cents), and may have ``run_id``,
    ``input_hash`` and ``created_at``. Each batch is a savepoint: one the database refuses is tried again
    record by record, so that a bad record costs only itself and the transaction stays usable.
    """
    if batch_size < 1:
        raise InvalidProvenanceError(f"batch_size must be at least 1, not {batch_size}")
    counts = {"inserted": 0, "skipped": 0, "errors": 0}
    parsed: list[NewProvenance] = []
    for record in records:
        try:
            parsed.append(_baseline(record))
        except InvalidProvenanceError:
            counts["errors"] += 1
    for start in range(0, len(parsed), batch_size):
        batch = parsed[start : start + batch_size]
        if not await _backfill(session, batch, counts):
            for one in batch:
                if not await _backfill(session, [one], counts):
                    counts["errors"] += 1
    return counts


def _baseline(record: Mapping[str, Any]) -> NewProvenance:
    if record.get("cost") is None:
        raise InvalidProvenanceError("baseline record: cost is missing")
    rest = {key: value for key, value in record.items() if key != "cost"}
    return NewProvenance.parse(rest | {"variant_slug": "v1", "source": "backfill", "v1_cost": record["cost"]})


async def _backfill(session: AsyncSession, batch: Sequence[NewProvenance], counts: dict[str, int]) -> bool:
    try:
        async with session.begin_nested():
            stored = await insert_records(session, batch)
    except (SQLAlchemyError, ValueError):
        return False
    inserted = sum(one.created for one in stored)
    counts["inserted"] += inserted
    counts["skipped"] += len(batch) - inserted
    return True
