"""What the database holds after the load, read directly: nothing that was answered may be missing."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.load_clients import Client
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import create_engine
from app.infra.database_url import parse_database_url
from app.models import Base

_TABLES = Base.metadata.tables


async def count_losses(database: str, clients: Sequence[Client]) -> list[str]:
    """Everything that is not as the clients were told, one line each; empty when all is well."""
    engine = create_engine(parse_database_url(database), pooled=False)
    try:
        async with engine.connect() as connection:
            return [
                *await _incidents(connection, clients),
                *await _costs(connection, clients),
                *await _events(connection),
            ]
    finally:
        await engine.dispose()


async def _incidents(connection: AsyncConnection, clients: Sequence[Client]) -> list[str]:
    """Each incident in the state its client left it in, with a timeline entry for every write and no other."""
    incidents, entries = _TABLES["incidents"], _TABLES["incident_events"]
    rows = await connection.execute(
        select(incidents.c.id, incidents.c.lifecycle_state, incidents.c.revision, func.count(entries.c.id))
        .join(entries, entries.c.incident_id == incidents.c.id)
        .group_by(incidents.c.id, incidents.c.lifecycle_state, incidents.c.revision)
    )
    stored = {row[0]: (row[1], row[2], row[3]) for row in rows}
    told = {key: value for client in clients for key, value in client.incidents.items()}
    problems = [
        f"incident {key}: told {state} after {number} entries, stored {stored.get(key)}"
        for key, (state, number) in told.items()
        if stored.get(key) != (state, number, number)
    ]
    return problems + [f"incident {key} was never answered" for key in sorted(stored.keys() - told.keys())]


async def _costs(connection: AsyncConnection, clients: Sequence[Client]) -> list[str]:
    """Each recorded cost once."""
    stored = set(await connection.scalars(select(_TABLES["cost_records"].c.id)))
    told = {str(record) for client in clients for record in client.cost_records}
    stored = {str(record) for record in stored}
    return [f"cost record {key} is missing" for key in sorted(told - stored)] + [
        f"cost record {key} was never answered" for key in sorted(stored - told)
    ]


async def _events(connection: AsyncConnection) -> list[str]:
    """Every stream of events numbered from 1 without a gap, and an event for every incident."""
    outbox, sequences = _TABLES["event_outbox"], _TABLES["event_sequences"]
    rows = await connection.execute(
        select(
            outbox.c.tenant_id, outbox.c.project_id, func.count(), func.max(outbox.c.sequence_no)
        ).group_by(outbox.c.tenant_id, outbox.c.project_id)
    )
    found = {(row[0], row[1]): (row[2], row[3]) for row in rows}
    last = {
        (row.tenant_id, row.project_id): row.last_sequence_no
        for row in await connection.execute(select(sequences))
    }
    problems = [
        f"events of {stream}: {number} of {highest}, last number {last.get(stream)}"
        for stream, (number, highest) in found.items()
        if not number == highest == last.get(stream)
    ]
    opened = await connection.scalar(
        select(func.count()).where(outbox.c.event_type == "incidents.IncidentOpened")
    )
    incidents = await connection.scalar(select(func.count()).select_from(_TABLES["incidents"]))
    if opened != incidents:
        problems.append(f"{incidents} incidents, but {opened} events of an opening")
    return problems
