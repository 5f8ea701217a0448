"""Histories of incidents written straight into the tables, and what they were at any moment, by brute force."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import insert

from app.db import get_engine
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, IncidentRow, TimelineEntry, mutable_state
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import (
    CauseType,
    IncidentSeverity,
    LifecycleState,
    ResolutionMethod,
    ResolutionType,
    SourceType,
    TimelineType,
)
from app.models.incident import Incident, IncidentEvent

START = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
USER = Actor("ann", "user")


@dataclass(frozen=True)
class Version:
    """What an incident was from a moment on."""

    since: datetime
    event_type: TimelineType
    row: IncidentRow


@dataclass
class History:
    """One incident, version by version, oldest first."""

    versions: list[Version] = field(default_factory=list)

    @property
    def now(self) -> IncidentRow:
        """The latest version."""
        return self.versions[-1].row

    def at(self, moment: datetime) -> IncidentRow | None:
        """What the incident was at a moment, None before it was opened."""
        known = [version.row for version in self.versions if version.since <= moment]
        return known[-1] if known else None

    def change(self, moment: datetime, event_type: TimelineType, **changes: Any) -> "History":
        """Add a version."""
        row = replace(self.now, **changes, updated_at=moment, revision=self.now.revision + 1)
        self.versions.append(Version(moment, event_type, row))
        return self

    def acknowledge(self, moment: datetime, by: str = "ann") -> "History":
        """Somebody takes it."""
        return self.change(
            moment,
            TimelineType.ACKNOWLEDGED,
            lifecycle_state=LifecycleState.ACKED,
            acknowledged_at=moment,
            acknowledged_by=by,
        )

    def resolve(
        self, moment: datetime, method: ResolutionMethod = ResolutionMethod.MANUAL, **more: Any
    ) -> "History":
        """It is over."""
        return self.change(
            moment,
            TimelineType.RESOLVED,
            lifecycle_state=LifecycleState.RESOLVED,
            resolved_at=moment,
            resolved_by="ann",
            ended_at=moment,
            duration_seconds=int((moment - self.now.started_at).total_seconds()),
            resolution_method=method,
            resolution_type=ResolutionType.FIXED,
            resolution_summary="It was the retries.",
            **more,
        )

    def reopen(self, moment: datetime) -> "History":
        """It was not."""
        return self.change(
            moment,
            TimelineType.REOPENED,
            lifecycle_state=LifecycleState.REOPENED,
            reopened_count=self.now.reopened_count + 1,
            **dict.fromkeys(
                (
                    "acknowledged_at",
                    "acknowledged_by",
                    "resolved_at",
                    "resolved_by",
                    "ended_at",
                    "duration_seconds",
                    "resolution_method",
                    "resolution_type",
                    "resolution_summary",
                    "resolution_notes",
                )
            ),
        )

    def escalate(self, moment: datetime) -> "History":
        """It is worse than it looked."""
        return self.change(
            moment,
            TimelineType.SEVERITY_ESCALATED,
            severity=IncidentSeverity.CRITICAL,
            escalated=True,
            escalated_at=moment,
        )

    def cost(self, moment: datetime, dollars: Decimal) -> "History":
        """It costs more."""
        return self.change(
            moment, TimelineType.CALL_AGGREGATED, cost_impact=dollars, cost_delta_cents=dollars * 100
        )


def opened(tenant_id: str, number: int, moment: datetime, **more: Any) -> History:
    """A new incident; ids of a tenant sort like their numbers."""
    values: dict[str, Any] = {
        "severity": IncidentSeverity.HIGH,
        "category": "COST_ANOMALY",
        "cause_type": CauseType.SYSTEM,
        "source_type": SourceType.MANUAL,
        "cost_delta_cents": Decimal(0),
    }
    row = IncidentRow(
        id=f"{tenant_id}-{number:03}",
        tenant_id=tenant_id,
        title=f"Incident {number}",
        description=f"What happened to {tenant_id}",
        lifecycle_state=LifecycleState.ACTIVE,
        source_ref=f"ref-{number}",
        trigger_type="manual",
        trigger_value="",
        impact_scope="tenant",
        affected_agent_id=None,
        affected_count=1,
        created_at=moment,
        started_at=moment - timedelta(minutes=3),
        updated_at=moment,
        **(values | more),
    )
    return History([Version(moment, TimelineType.CREATED, row)])


async def store(histories: Iterable[History], *, only_new_of: Iterable[History] = ()) -> None:
    """Write incidents as they are at last, with their whole timelines."""
    known = {history.now.id for history in only_new_of}
    incidents = [_columns(history.now) for history in histories if history.now.id not in known]
    entries = [entry for history in histories if history.now.id not in known for entry in timeline(history)]
    async with get_engine().begin() as connection:
        if incidents:
            await connection.execute(insert(Incident), incidents)
            await connection.execute(insert(IncidentEvent), entries)


async def store_later(history: History, stored: int) -> None:
    """Bring a stored incident up to date: its row, and the versions after the first ``stored`` ones."""
    columns = _columns(history.now)
    async with get_engine().begin() as connection:
        await connection.execute(
            Incident.__table__.update().where(Incident.id == history.now.id).values(columns)
        )
        await connection.execute(insert(IncidentEvent), timeline(history)[stored:])


def timeline(history: History) -> list[dict[str, Any]]:
    """The timeline as stored, entry by entry."""
    entries = []
    for number, version in enumerate(history.versions, 1):
        before = None if number == 1 else mutable_state(history.versions[number - 2].row)
        entry = TimelineEntry(
            tenant_id=version.row.tenant_id,
            incident_id=version.row.id,
            sequence_no=number,
            event_type=version.event_type,
            description=f"{version.event_type.value} by {USER.actor_id}",
            actor=USER,
            before_state=before,
            after_state=mutable_state(version.row),
            created_at=version.since,
        )
        entries.append(
            {f.name: getattr(entry, f.name) for f in fields(entry) if f.name != "actor"}
            | {
                "id": f"{version.row.id}-{number}",
                "event_type": entry.event_type.value,
                "actor_type": USER.actor_type,
                "actor_id": USER.actor_id,
                "data": {},
            }
        )
    return entries


def _columns(row: IncidentRow) -> dict[str, Any]:
    values = {column.name: getattr(row, column.name) for column in Incident.__table__.columns}
    return {name: value.value if isinstance(value, Enum) else value for name, value in values.items()}
