# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: The statements on costsim_provenance: insert once, select by filters, map rows to domain objects.
# Callers: L6 provenance_async, provenance_comparison_driver
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: costsim_provenance
# Writes: costsim_provenance
"""Provenance rows. The functions to call are in ``provenance_async``; here is how they reach the table."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.provenance_record import (
    NewProvenance,
    ProvenanceFilters,
    ProvenanceRecord,
)
from app.models.costsim_cb import CostSimProvenanceModel as Row

logger = logging.getLogger(__name__)

# Keeps a statement below SQLite's limit of bound parameters.
_ROWS_PER_STATEMENT = 500
_KEY = (Row.tenant_id, Row.variant_slug, Row.input_hash)


@dataclass(frozen=True)
class StoredProvenance:
    """Where a record is, and whether this write put it there."""

    id: int
    created: bool


async def insert_records(session: AsyncSession, records: Sequence[NewProvenance]) -> list[StoredProvenance]:
    """Insert records that are not there yet; the answers are in the order of ``records``.

    Rows go in sorted by key, so that two writers of the same records wait for each other instead of
    deadlocking.
    """
    distinct = sorted({record.key: record for record in reversed(records)}.items())
    ids: dict[tuple[str, str, str], int] = {}
    created: set[tuple[str, str, str]] = set()
    for start in range(0, len(distinct), _ROWS_PER_STATEMENT):
        part = [record for _, record in distinct[start : start + _ROWS_PER_STATEMENT]]
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        inserted = await session.execute(
            dialect.insert(Row)
            .values([_values(record) for record in part])
            .on_conflict_do_nothing(index_elements=_KEY)
            .returning(*_KEY, Row.id)
        )
        fresh = {(tenant, variant, digest): id_ for tenant, variant, digest, id_ in inserted}
        ids |= fresh
        created |= fresh.keys()
        known = [record for record in part if record.key not in fresh]
        ids |= await _known_ids(session, known)
    first_seen: set[tuple[str, str, str]] = set()
    stored = []
    for record in records:
        stored.append(StoredProvenance(ids[record.key], record.key in created - first_seen))
        first_seen.add(record.key)
    return stored


def matching_provenance(filters: ProvenanceFilters) -> list[ColumnElement[bool]]:
    """SQL conditions for the records ``filters`` mean: one definition, so that a page and its total agree."""
    conditions: list[ColumnElement[bool]] = [Row.tenant_id == filters.tenant_id]
    conditions += [
        column == value
        for column, value in (
            (Row.variant_slug, filters.variant_slug),
            (Row.source, filters.source),
            (Row.status, filters.status),
            (Row.input_hash, filters.input_hash),
            (Row.run_id, filters.run_id),
        )
        if value is not None
    ]
    if filters.start_date is not None:
        conditions.append(Row.created_at >= filters.start_date)
    if filters.end_date is not None:
        conditions.append(Row.created_at <= filters.end_date)
    if filters.as_of is not None:
        conditions.append(Row.created_at <= filters.as_of)
    return conditions


def to_record(row: Row) -> ProvenanceRecord:
    """The domain object of a row."""
    return ProvenanceRecord(
        id=row.id,
        tenant_id=row.tenant_id,
        run_id=row.run_id,
        variant_slug=row.variant_slug,
        source=row.source,
        status=row.status,
        model_version=row.model_version,
        adapter_version=row.adapter_version,
        commit_sha=row.commit_sha,
        input_hash=row.input_hash,
        output_hash=row.output_hash,
        v1_cost=row.v1_cost,
        v2_cost=row.v2_cost,
        cost_delta=row.cost_delta,
        drift_score=row.drift_score,
        verdict=row.verdict,
        payload=row.payload,
        runtime_ms=row.runtime_ms,
        created_at=row.created_at,
    )


async def _known_ids(
    session: AsyncSession, records: Sequence[NewProvenance]
) -> dict[tuple[str, str, str], int]:
    if not records:
        return {}
    found = await session.execute(
        select(*_KEY, Row.id, Row.output_hash).where(tuple_(*_KEY).in_([record.key for record in records]))
    )
    by_key = {(tenant, variant, digest): (id_, output) for tenant, variant, digest, id_, output in found}
    for record in records:
        output = by_key[record.key][1]
        if record.output_hash is not None and output is not None and record.output_hash != output:
            logger.warning(
                "Simulation of input %s of tenant %s gave %s, recorded is %s: same input and versions, "
                "different outcome",
                record.input_hash,
                record.tenant_id,
                record.output_hash,
                output,
            )
    return {key: id_ for key, (id_, _) in by_key.items()}


def _values(record: NewProvenance) -> dict[str, object]:
    return {
        "tenant_id": record.tenant_id,
        "run_id": record.run_id,
        "variant_slug": record.variant_slug,
        "source": record.source,
        "status": record.status,
        "model_version": record.model_version,
        "adapter_version": record.adapter_version,
        "commit_sha": record.commit_sha,
        "input_hash": record.input_hash,
        "output_hash": record.output_hash,
        "v1_cost": record.v1_cost,
        "v2_cost": record.v2_cost,
        "cost_delta": record.cost_delta,
        "drift_score": record.drift_score,
        "verdict": record.verdict,
        "payload": None if record.payload is None else dict(record.payload),
        "runtime_ms": record.runtime_ms,
        "created_at": record.created_at,
    }
