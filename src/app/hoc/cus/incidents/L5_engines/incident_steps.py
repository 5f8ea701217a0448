# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: What every step of an incident is made of: find and lock it, end it, check texts, refuse who was too slow.
# Callers: L5 {incident_automatic_engine, incident_write_engine}
# Allowed Imports: L5_schemas, L5_engines, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The parts that steps of incidents share, whoever takes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.hoc.cus.incidents.L5_engines.incident_journal import IncidentJournal
from app.hoc.cus.incidents.L5_engines.incident_state_machine import was_faster
from app.hoc.cus.incidents.L5_engines.incident_texts import text_problems
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import ResolutionMethod, ResolutionType
from app.hoc.cus.incidents.L6_drivers.incident_record_driver import IncidentRecordDriver
from app.hoc.cus.incidents.L6_drivers.incident_write_driver import IncidentWriteDriver


class IncidentSteps:
    """Works through the drivers and the journal of one transaction."""

    def __init__(
        self, driver: IncidentWriteDriver, records: IncidentRecordDriver, journal: IncidentJournal
    ) -> None:
        self._driver = driver
        self._records = records
        self._journal = journal

    def _existing(self, tenant_id: str, incident_id: str) -> IncidentRow:
        incident = self._driver.lock_incident(tenant_id, incident_id)
        if incident is None:
            raise IncidentRefusedError("NOT_FOUND", "There is no such incident.")
        return incident

    def _resolve(
        self,
        before: IncidentRow,
        actor: Actor,
        now: datetime,
        *,
        method: ResolutionMethod,
        kind: ResolutionType,
        summary: str | None,
        notes: str | None,
    ) -> IncidentRow:
        at = max(now, before.updated_at)
        return or_conflict(
            self._driver.update_incident_resolved(
                before,
                resolved_at=at,
                resolved_by=actor.actor_id,
                duration_seconds=max(0, int((at - before.started_at).total_seconds())),
                resolution_method=method,
                resolution_type=kind,
                resolution_summary=summary,
                resolution_notes=notes,
                postmortem_artifact_id=before.postmortem_artifact_id,
            )
        )


def or_conflict(after: IncidentRow | None) -> IncidentRow:
    """The incident as it came out; ``IncidentRefusedError`` CONFLICT when somebody was faster."""
    if after is None:
        raise was_faster()
    return after


def told(what: str, why: str | None) -> str:
    """A line of the timeline."""
    return f"{what}: {why}" if why else what


def check_texts(texts: Mapping[str, tuple[str | None, int]]) -> None:
    """Raise ``IncidentRefusedError`` INVALID_PARAMS naming every text that is empty or longer than its limit."""
    problems = text_problems(texts)
    if problems:
        raise IncidentRefusedError("INVALID_PARAMS", f"{'; '.join(problems)}.")
