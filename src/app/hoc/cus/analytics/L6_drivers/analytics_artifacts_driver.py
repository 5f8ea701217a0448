# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Writes and reads the reproducibility record of computed datasets (table analytics_artifacts).
# Callers: spine analytics_handler
# Allowed Imports: L7, L5_schemas, sqlalchemy, app.infra.time
# Forbidden Imports: L2, L4, L5_engines
# Reads: analytics_artifact_revisions, analytics_artifacts
# Writes: analytics_artifact_revisions, analytics_artifacts
"""Analytics artifacts driver: one tenant per call, never ends the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.analytics_artifact import (
    ArtifactConflictError,
    ArtifactOutcome,
    ArtifactRecord,
    NewArtifact,
    SavedArtifact,
)
from app.infra.time import utc_now
from app.models.analytics_artifact import AnalyticsArtifact, AnalyticsArtifactRevision

MAX_LIMIT = 1000
_REPRODUCIBILITY = ("input_window_hash", "as_of", "compute_code_version")


class AnalyticsArtifactsDriver:
    """Stateless."""

    async def save_artifact(
        self,
        session: AsyncSession,
        *,
        tenant_id: str,
        dataset_id: str,
        dataset_version: str,
        input_window_hash: str,
        as_of: datetime,
        compute_code_version: str,
        supersede: bool = False,
    ) -> SavedArtifact:
        """Record how a version of a dataset was computed.

        The same record again changes nothing. Another record of a known version raises
        ``ArtifactConflictError``, or, with ``supersede``, replaces it: what it said goes to the history and
        ``revision`` counts up. Raises ``InvalidArtifactError`` for fields that cannot be stored.
        """
        new = NewArtifact(
            tenant_id, dataset_id, dataset_version, input_window_hash, as_of, compute_code_version
        )
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        created = await session.scalar(
            dialect.insert(AnalyticsArtifact)
            .values(
                tenant_id=new.tenant_id,
                dataset_id=new.dataset_id,
                dataset_version=new.dataset_version,
                input_window_hash=new.input_window_hash,
                as_of=new.as_of,
                compute_code_version=new.compute_code_version,
                revision=1,
                created_at=utc_now(),
            )
            .on_conflict_do_nothing(
                index_elements=[
                    AnalyticsArtifact.tenant_id,
                    AnalyticsArtifact.dataset_id,
                    AnalyticsArtifact.dataset_version,
                ]
            )
            .returning(AnalyticsArtifact.id)
        )
        # Locked: whoever supersedes at the same moment must see what the other one wrote.
        row = (
            await session.scalars(
                select(AnalyticsArtifact)
                .where(
                    AnalyticsArtifact.tenant_id == new.tenant_id,
                    AnalyticsArtifact.dataset_id == new.dataset_id,
                    AnalyticsArtifact.dataset_version == new.dataset_version,
                )
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        ).one()
        if created is not None:
            return SavedArtifact(_to_record(row), ArtifactOutcome.CREATED)
        differing = [name for name in _REPRODUCIBILITY if getattr(row, name) != getattr(new, name)]
        if not differing:
            return SavedArtifact(_to_record(row), ArtifactOutcome.UNCHANGED)
        if not supersede:
            raise ArtifactConflictError(differing)
        return await _supersede(session, row, new)

    async def get_artifact(
        self,
        session: AsyncSession,
        *,
        tenant_id: str,
        dataset_id: str,
        dataset_version: str | None = None,
        as_of: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[ArtifactRecord]:
        """The recorded versions of a dataset, or the one named; newest first (ties by id, highest first).

        ``as_of`` shows what was recorded then: later versions are hidden, superseded ones say what they
        said.
        """
        statement = select(AnalyticsArtifact).where(
            AnalyticsArtifact.tenant_id == tenant_id, AnalyticsArtifact.dataset_id == dataset_id
        )
        if dataset_version is not None:
            statement = statement.where(AnalyticsArtifact.dataset_version == dataset_version)
        if as_of is not None:
            statement = statement.where(AnalyticsArtifact.created_at <= as_of)
        rows = await session.scalars(
            statement.order_by(AnalyticsArtifact.created_at.desc(), AnalyticsArtifact.id.desc())
            .limit(min(max(limit, 1), MAX_LIMIT))
            .offset(max(offset, 0))
        )
        return await _as_recorded(session, tenant_id, list(rows), as_of)

    async def list_artifacts(
        self,
        session: AsyncSession,
        *,
        tenant_id: str,
        as_of: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[ArtifactRecord]:
        """All recorded versions of a tenant, newest first (ties by id, highest first), as known at ``as_of``."""
        statement = select(AnalyticsArtifact).where(AnalyticsArtifact.tenant_id == tenant_id)
        if as_of is not None:
            statement = statement.where(AnalyticsArtifact.created_at <= as_of)
        rows = await session.scalars(
            statement.order_by(AnalyticsArtifact.created_at.desc(), AnalyticsArtifact.id.desc())
            .limit(min(max(limit, 1), MAX_LIMIT))
            .offset(max(offset, 0))
        )
        return await _as_recorded(session, tenant_id, list(rows), as_of)

    async def count_artifacts(
        self,
        session: AsyncSession,
        *,
        tenant_id: str,
        dataset_id: str | None = None,
        dataset_version: str | None = None,
        as_of: datetime | None = None,
    ) -> int:
        """How many versions there are behind a page."""
        statement = (
            select(func.count())
            .select_from(AnalyticsArtifact)
            .where(AnalyticsArtifact.tenant_id == tenant_id)
        )
        if dataset_id is not None:
            statement = statement.where(AnalyticsArtifact.dataset_id == dataset_id)
        if dataset_version is not None:
            statement = statement.where(AnalyticsArtifact.dataset_version == dataset_version)
        if as_of is not None:
            statement = statement.where(AnalyticsArtifact.created_at <= as_of)
        return await session.scalar(statement) or 0


async def _supersede(session: AsyncSession, row: AnalyticsArtifact, new: NewArtifact) -> SavedArtifact:
    now = utc_now()
    session.add(
        AnalyticsArtifactRevision(
            tenant_id=row.tenant_id,
            artifact_id=row.id,
            revision=row.revision,
            input_window_hash=row.input_window_hash,
            as_of=row.as_of,
            compute_code_version=row.compute_code_version,
            superseded_at=now,
        )
    )
    row.input_window_hash = new.input_window_hash
    row.as_of = new.as_of
    row.compute_code_version = new.compute_code_version
    row.revision += 1
    row.updated_at = now
    await session.flush()
    return SavedArtifact(_to_record(row), ArtifactOutcome.SUPERSEDED)


async def _as_recorded(
    session: AsyncSession, tenant_id: str, rows: Sequence[AnalyticsArtifact], as_of: datetime | None
) -> list[ArtifactRecord]:
    """The rows as they read at ``as_of``: of one superseded since, the revision in force then."""
    if as_of is None:
        return [_to_record(row) for row in rows]
    changed = [row.id for row in rows if row.updated_at is not None and row.updated_at > as_of]
    history: dict[int, list[AnalyticsArtifactRevision]] = {id_: [] for id_ in changed}
    for revision in await session.scalars(
        select(AnalyticsArtifactRevision)
        .where(
            AnalyticsArtifactRevision.tenant_id == tenant_id,
            AnalyticsArtifactRevision.artifact_id.in_(changed),
        )
        .order_by(AnalyticsArtifactRevision.artifact_id, AnalyticsArtifactRevision.revision)
    ):
        history[revision.artifact_id].append(revision)
    records = []
    for row in rows:
        record = _to_record(row)
        before: datetime | None = None
        for revision in history.get(row.id, ()):
            if revision.superseded_at > as_of:
                record = replace(
                    record,
                    input_window_hash=revision.input_window_hash,
                    as_of=revision.as_of,
                    compute_code_version=revision.compute_code_version,
                    revision=revision.revision,
                    updated_at=before,
                )
                break
            before = revision.superseded_at
        records.append(record)
    return records


def _to_record(row: AnalyticsArtifact) -> ArtifactRecord:
    return ArtifactRecord(
        id=row.id,
        tenant_id=row.tenant_id,
        dataset_id=row.dataset_id,
        dataset_version=row.dataset_version,
        input_window_hash=row.input_window_hash,
        as_of=row.as_of,
        compute_code_version=row.compute_code_version,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
