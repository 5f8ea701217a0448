# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Opens incidents, once per cause, with the signature that finds the ones like it.
# Callers: L5 {anomaly_bridge, incident_aggregator}, spine incident_work
# Allowed Imports: L5_schemas, L5_engines, L6, app.infra
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Opening incidents. All roads lead through here: by hand, by trigger and by anomaly."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from app.hoc.cus.incidents.L5_engines.incident_journal import IncidentJournal
from app.hoc.cus.incidents.L5_engines.incident_texts import text_problems
from app.hoc.cus.incidents.L5_engines.recurrence_signature import PUBLISHED_RECIPE, SignatureRecipe
from app.hoc.cus.incidents.L5_schemas.incident_change import ChangeKind, IncidentChange
from app.hoc.cus.incidents.L5_schemas.incident_records import OpenedIncident
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, IncidentRow, NewIncident
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import LifecycleState, TimelineType
from app.hoc.cus.incidents.L6_drivers.incident_intake_driver import IncidentIntakeDriver
from app.hoc.cus.incidents.L6_drivers.incident_write_driver import IncidentWriteDriver

_NAMESPACE = uuid.UUID("6c1c1f5e-3d0c-4a8e-9b43-8a0e5d1f4c57")
_CATEGORY = re.compile(r"[A-Z][A-Z0-9_]{0,49}")
_TRIGGER = re.compile(r"[a-z][a-z0-9_]{0,49}")
_LENGTHS = {
    "title": 500,
    "description": 20_000,
    "trigger_value": 2_000,
    "source_ref": 64,
    "impact_scope": 50,
    "affected_agent_id": 128,
    "auto_action": 50,
    "error_code": 100,
    "error_message": 20_000,
    "source_run_id": 64,
}
_MAY_BE_EMPTY = frozenset({"description", "trigger_value"})
_PLACES = Decimal("0.000001")


class IncidentOpeningEngine:
    """Works through the drivers and the journal of one transaction."""

    def __init__(
        self,
        driver: IncidentWriteDriver,
        intake: IncidentIntakeDriver,
        journal: IncidentJournal,
        recipe: SignatureRecipe = PUBLISHED_RECIPE,
    ) -> None:
        self._driver = driver
        self._intake = intake
        self._journal = journal
        self._recipe = recipe

    def open_incident(
        self,
        new: NewIncident,
        *,
        actor: Actor,
        now: datetime,
        reason: str | None = None,
        anomaly_id: str | None = None,
    ) -> OpenedIncident:
        """Open an incident, unless its cause has one: then that one is returned as it is.

        Raises ``IncidentRefusedError`` INVALID_PARAMS, naming every problem.
        """
        check_new_incident(new)
        self._intake.lock_intake(new.tenant_id)
        if new.source_ref is not None:
            known = self._driver.find_incident_by_source(new.tenant_id, new.source_type, new.source_ref)
            if known is not None:
                return OpenedIncident(known, is_new=False)
        incident = self._incident(new, now)
        self._driver.insert_incident(incident)
        self._journal.record(
            IncidentChange(ChangeKind.OPENED, incident, actor, now, reason, anomaly_id=anomaly_id),
            before=None,
            entry_type=TimelineType.CREATED,
            description=incident.title,
            data={} if anomaly_id is None else {"anomaly_id": anomaly_id},
        )
        members = self._intake.count_signature(
            new.tenant_id, str(incident.recurrence_signature), str(incident.signature_version)
        )
        if members > 1:
            self._journal.announce(IncidentChange(ChangeKind.GROUPED, incident, actor, now))
        return OpenedIncident(incident, is_new=True)

    def _incident(self, new: NewIncident, now: datetime) -> IncidentRow:
        # A cause gives its incident the same id whoever meets it first.
        incident_id = (
            uuid.uuid4()
            if new.source_ref is None
            else uuid.uuid5(_NAMESPACE, f"{new.tenant_id}/{new.source_type.value}/{new.source_ref}")
        )
        return IncidentRow(
            id=str(incident_id),
            tenant_id=new.tenant_id,
            title=new.title,
            description=new.description,
            severity=new.severity,
            lifecycle_state=LifecycleState.ACTIVE,
            category=new.category,
            cause_type=new.cause_type,
            source_type=new.source_type,
            source_ref=new.source_ref or str(incident_id),
            trigger_type=new.trigger_type,
            trigger_value=new.trigger_value,
            impact_scope=new.impact_scope,
            affected_agent_id=new.affected_agent_id,
            affected_count=new.affected_count,
            calls_affected=new.calls_affected,
            cost_delta_cents=new.cost_delta_cents,
            cost_impact=dollars(new.cost_delta_cents),
            created_at=now,
            started_at=new.started_at or now,
            updated_at=now,
            auto_action=new.auto_action,
            error_code=new.error_code,
            error_message=new.error_message,
            source_run_id=new.source_run_id,
            is_synthetic=new.is_synthetic,
            recurrence_signature=self._recipe.sign(new),
            signature_version=self._recipe.version,
        )


def check_new_incident(new: NewIncident) -> None:
    """Raise ``IncidentRefusedError`` INVALID_PARAMS with everything that is wrong about a new incident."""
    # A description and a value may be left empty; whatever else is there says something.
    texts = {name: (getattr(new, name), most) for name, most in _LENGTHS.items()}
    problems = text_problems(
        {name: given for name, given in texts.items() if given[0] or name not in _MAY_BE_EMPTY}
    )
    if not new.tenant_id:
        problems.append("tenant_id must not be empty")
    if not _CATEGORY.fullmatch(new.category):
        problems.append("category must be upper case words joined by _, at most 50 characters")
    if not _TRIGGER.fullmatch(new.trigger_type):
        problems.append("trigger_type must be lower case words joined by _, at most 50 characters")
    if new.affected_count < 1 or new.calls_affected < 0:
        problems.append("affected_count begins at 1 and calls_affected at 0")
    if problems:
        raise IncidentRefusedError("INVALID_PARAMS", f"Incident: {'; '.join(problems)}.")


def dollars(cents: Decimal) -> Decimal:
    """Cents as dollars with six places, half to even."""
    return (cents / 100).quantize(_PLACES, ROUND_HALF_EVEN)
