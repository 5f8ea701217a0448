"""Acceptance 11, as far as incidents go: rows that were there before the lifecycle was, and the way back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from app.db import create_engine
from app.hoc.cus.incidents.L5_schemas.incident_row import MUTABLE_FIELDS, mutable_state
from app.hoc.cus.incidents.L6_drivers.incident_mapping import to_incident_row
from app.infra.database_url import DatabaseTarget, parse_database_url
from app.migrations.runner import downgrade, upgrade
from app.models import Base, Incident, IncidentEvent

BEFORE, AFTER = "128_detection_runs", "129_monitoring_incident_resolution_recurrence"
AT = datetime(2026, 1, 2, 3, 4, 5, 60700, tzinfo=UTC)
OLD = {
    "i1": ("open", "ACTIVE", "cost_anomaly", "-1.5"),
    "i2": ("resolved", "ACTIVE", "Mixed_Case", "123456789.000001"),
    "i3": ("open", "ACKED", "COST_ANOMALY", "0"),
    "i4": ("resolved", "RESOLVED", "COST_ANOMALY", "0.000001"),
}


async def on(target: DatabaseTarget, work: Callable[[Connection], Any]) -> Any:
    engine = create_engine(target, pooled=False)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def insert_old(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    at: Any = AT.replace(tzinfo=None).isoformat(" ") if sqlite else AT
    connection.execute(text("INSERT INTO tenants (id, created_at) VALUES ('acme', :at)"), {"at": at})
    for incident_id, (status, state, category, cents) in OLD.items():
        amount = "CAST(CAST(:cents AS NUMERIC) * 1000000 AS BIGINT)" if sqlite else "CAST(:cents AS NUMERIC)"
        connection.execute(
            text(
                "INSERT INTO incidents (id, tenant_id, title, description, severity, status, lifecycle_state, "
                "category, cause_type, source_type, source_ref, trigger_type, trigger_value, impact_scope, "
                "cost_delta_cents, created_at) VALUES (:id, 'acme', 'Old', 'd', 'high', :status, :state, "
                f":category, 'SYSTEM', 'cost_anomaly', :id, 'cost_spike', '1', 'tenant', {amount}, :at)"
            ),
            {
                "id": incident_id,
                "status": status,
                "state": state,
                "category": category,
                "cents": cents,
                "at": at,
            },
        )


def dump_old(connection: Connection) -> list[Any]:
    columns = "id, status, lifecycle_state, severity, source_ref, cost_delta_cents, created_at"
    return [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM incidents ORDER BY id"))]


def read_new(connection: Connection) -> tuple[list[Any], dict[str, Any]]:
    from sqlalchemy.orm import Session

    with Session(connection) as session:
        incidents = [to_incident_row(row) for row in session.query(Incident).order_by(Incident.id)]
        entries = {entry.incident_id: entry for entry in session.query(IncidentEvent)}
        session.expunge_all()
        return incidents, entries


async def test_rows_get_a_life_and_a_first_entry_that_tells_of_it(empty_database_url: str) -> None:
    target = parse_database_url(empty_database_url)
    await upgrade(target, BEFORE)
    await on(target, insert_old)
    await upgrade(target)
    incidents, entries = await on(target, read_new)
    assert [(i.id, i.lifecycle_state.value, i.status) for i in incidents] == [
        ("i1", "ACTIVE", "open"),
        ("i2", "RESOLVED", "resolved"),
        ("i3", "ACKED", "acknowledged"),
        ("i4", "RESOLVED", "resolved"),
    ]
    assert {i.category for i in incidents} == {"COST_ANOMALY", "MIXED_CASE"}
    for incident in incidents:
        assert incident.created_at == incident.started_at == incident.updated_at == AT
        entry = entries[incident.id]
        assert entry.after_state == mutable_state(incident)
        assert set(entry.after_state) == set(MUTABLE_FIELDS)
        assert (entry.sequence_no, entry.before_state, entry.created_at) == (incident.revision, None, AT)


async def test_the_way_back_keeps_the_rows_and_what_is_reopened_is_active(empty_database_url: str) -> None:
    target = parse_database_url(empty_database_url)
    await upgrade(target, BEFORE)
    await on(target, insert_old)
    await upgrade(target, AFTER)
    incidents = Base.metadata.tables["incidents"]
    await on(
        target,
        lambda connection: connection.execute(
            incidents.update().where(incidents.c.id == "i1").values(lifecycle_state="REOPENED")
        ),
    )
    before = await on(target, dump_old)
    await downgrade(target, BEFORE)
    after = await on(target, dump_old)
    assert [row[:2] + row[3:] for row in after] == [row[:2] + row[3:] for row in before]
    assert [row[2] for row in after] == ["ACTIVE", "RESOLVED", "ACKED", "RESOLVED"]
    await upgrade(target)
    assert len((await on(target, read_new))[0]) == len(OLD)
    await downgrade(target, "base")
