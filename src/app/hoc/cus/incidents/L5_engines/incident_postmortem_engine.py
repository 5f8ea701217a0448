# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Writes postmortems: one in force per incident, stubs drawn up from what is known, supersession explicit.
# Callers: spine incident_work
# Allowed Imports: L5_schemas, L5_engines, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The postmortem engine. Methods raise ``IncidentRefusedError``: NOT_FOUND, CONFLICT, INVALID_PARAMS."""

from __future__ import annotations

import uuid
from datetime import datetime

from app.hoc.cus.incidents.L5_engines.incident_journal import IncidentJournal
from app.hoc.cus.incidents.L5_engines.incident_state_machine import was_faster
from app.hoc.cus.incidents.L5_engines.incident_texts import text_problems
from app.hoc.cus.incidents.L5_schemas.incident_change import ChangeKind, IncidentChange
from app.hoc.cus.incidents.L5_schemas.incident_records import (
    PostmortemContent,
    PostmortemRow,
    SavedPostmortem,
)
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import TimelineType
from app.hoc.cus.incidents.L6_drivers.incident_record_driver import IncidentRecordDriver
from app.hoc.cus.incidents.L6_drivers.incident_write_driver import IncidentWriteDriver

MAX_TITLE = 500
MAX_TEXT = 20_000
MAX_ACTIONS = 100


class IncidentPostmortemEngine:
    """Works through the drivers and the journal of one transaction."""

    def __init__(
        self, driver: IncidentWriteDriver, records: IncidentRecordDriver, journal: IncidentJournal
    ) -> None:
        self._driver = driver
        self._records = records
        self._journal = journal

    def create_postmortem_stub(
        self, tenant_id: str, incident_id: str, *, actor: Actor, now: datetime
    ) -> SavedPostmortem:
        """The postmortem in force, drawn up from the incident itself when there is none yet."""
        incident = self._existing(tenant_id, incident_id)
        in_force = self._records.find_postmortem_in_force(tenant_id, incident_id)
        if in_force is not None:
            return SavedPostmortem(in_force, created=False)
        return self._write(incident, _draft(incident), None, actor, now)

    def write_postmortem(
        self,
        tenant_id: str,
        incident_id: str,
        content: PostmortemContent,
        *,
        supersede: bool,
        actor: Actor,
        now: datetime,
    ) -> SavedPostmortem:
        """Write a postmortem. CONFLICT when one is in force and ``supersede`` does not ask to replace it; saying
        again what it says already changes nothing.
        """
        _check(content)
        incident = self._existing(tenant_id, incident_id)
        in_force = self._records.find_postmortem_in_force(tenant_id, incident_id)
        if in_force is not None and in_force.content_hash == content.content_hash:
            return SavedPostmortem(in_force, created=False)
        if in_force is not None and not supersede:
            raise IncidentRefusedError(
                "CONFLICT",
                f"The postmortem {in_force.id} is in force; ask to supersede it if this one shall take its place.",
            )
        return self._write(incident, content, in_force, actor, now)

    def _existing(self, tenant_id: str, incident_id: str) -> IncidentRow:
        incident = self._driver.lock_incident(tenant_id, incident_id)
        if incident is None:
            raise IncidentRefusedError("NOT_FOUND", "There is no such incident.")
        return incident

    def _write(
        self,
        before: IncidentRow,
        content: PostmortemContent,
        supersedes: PostmortemRow | None,
        actor: Actor,
        now: datetime,
    ) -> SavedPostmortem:
        at = max(now, before.updated_at)
        written = self._driver.create_postmortem_stub(
            before,
            content,
            artifact_id=f"pm_{uuid.uuid4().hex}",
            supersedes=supersedes,
            created_by=actor.actor_id,
            at=at,
        )
        if written is None:
            raise was_faster()
        postmortem, after = written
        superseded = None if supersedes is None else supersedes.id
        self._journal.record(
            IncidentChange(
                ChangeKind.POSTMORTEM_CREATED,
                after,
                actor,
                at,
                artifact_id=postmortem.id,
                superseded_artifact_id=superseded,
            ),
            before=before,
            entry_type=TimelineType.POSTMORTEM_CREATED,
            description=f"Postmortem ({postmortem.status}, revision {postmortem.revision}) by {actor.actor_id}",
            data={
                "postmortem_artifact_id": postmortem.id,
                "superseded_artifact_id": superseded,
                "content_hash": postmortem.content_hash,
            },
        )
        return SavedPostmortem(postmortem, created=True)


def _draft(incident: IncidentRow) -> PostmortemContent:
    """What the incident says about itself; causes and consequences are for people to find."""
    lines = [
        f"{incident.title} ({incident.severity.value}, {incident.category}).",
        incident.description,
        f"Began {incident.started_at.isoformat(timespec='seconds')}.",
    ]
    if incident.resolved_at is not None:
        lines.append(
            f"Resolved {incident.resolved_at.isoformat(timespec='seconds')} by {incident.resolved_by}."
        )
    if incident.resolution_summary:
        lines.append(incident.resolution_summary)
    return PostmortemContent(
        title=f"Postmortem: {incident.title}"[:MAX_TITLE], summary="\n".join(line for line in lines if line)
    )


def _check(content: PostmortemContent) -> None:
    texts: dict[str, tuple[str | None, int]] = {
        "title": (content.title, MAX_TITLE),
        "summary": (content.summary, MAX_TEXT),
        "root_cause": (content.root_cause, MAX_TEXT),
        "impact": (content.impact, MAX_TEXT),
        **{
            f"corrective_actions.{number}": (action, MAX_TEXT)
            for number, action in enumerate(content.corrective_actions or ())
        },
    }
    problems = text_problems(texts)
    if len(content.corrective_actions or ()) > MAX_ACTIONS:
        problems.append(f"corrective_actions has more than {MAX_ACTIONS} entries")
    if problems:
        raise IncidentRefusedError("INVALID_PARAMS", f"Postmortem: {'; '.join(problems)}.")
