# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Turns a stream of triggers into few incidents: one per window, never more than a tenant can read.
# Callers: spine {incident_work, incidents_write_handler}
# Allowed Imports: L5_schemas, L5_engines, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Aggregation of triggers.

A window begins with the trigger that opens an incident, not on a full five minutes, so that a burst is never cut
in two by the clock. The lock of the intake makes concurrent triggers of a tenant take turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.hoc.cus.incidents.L5_engines.incident_journal import IncidentJournal
from app.hoc.cus.incidents.L5_engines.incident_opening_engine import (
    IncidentOpeningEngine,
    check_new_incident,
    dollars,
)
from app.hoc.cus.incidents.L5_engines.incident_severity import escalated_severity, initial_severity
from app.hoc.cus.incidents.L5_engines.incident_state_machine import was_faster
from app.hoc.cus.incidents.L5_engines.incident_texts import text_problems
from app.hoc.cus.incidents.L5_schemas.incident_change import ChangeKind, IncidentChange
from app.hoc.cus.incidents.L5_schemas.incident_records import OpenedIncident
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, IncidentRow, NewIncident
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import CauseType, SourceType, TimelineType
from app.hoc.cus.incidents.L6_drivers.incident_intake_driver import IncidentIntakeDriver
from app.hoc.cus.incidents.L6_drivers.incident_write_driver import IncidentWriteDriver

OVERFLOW_TRIGGER = "rate_limit_overflow"
_HOUR = timedelta(hours=1)
_MAX_CALL_ID = 100
_COST_LIMIT = Decimal(10) ** 12


@dataclass(frozen=True)
class AggregatorConfig:
    """How long a window is, and how many incidents triggers may open per tenant and hour."""

    window: timedelta = timedelta(seconds=300)
    max_incidents_per_hour: int = 20


@dataclass(frozen=True)
class Trigger:
    """Something a guard reports. ``call_id`` names the call it is about; a call counts once."""

    tenant_id: str
    trigger_type: str
    trigger_value: str
    call_id: str | None = None
    cost_delta_cents: Decimal = Decimal(0)
    auto_action: str | None = None


class IncidentAggregator:
    """Works through the drivers and the journal of one transaction."""

    def __init__(
        self,
        driver: IncidentWriteDriver,
        intake: IncidentIntakeDriver,
        journal: IncidentJournal,
        opening: IncidentOpeningEngine,
        config: AggregatorConfig | None = None,
    ) -> None:
        self._driver = driver
        self._intake = intake
        self._journal = journal
        self._opening = opening
        self._config = config or AggregatorConfig()

    def get_or_create_incident(self, trigger: Trigger, *, actor: Actor, now: datetime) -> OpenedIncident:
        """The incident a trigger belongs to: the open one of its window, a new one, or the overflow's.

        Raises ``IncidentRefusedError`` INVALID_PARAMS.
        """
        problems = text_problems({"call_id": (trigger.call_id, _MAX_CALL_ID)})
        if problems:
            raise IncidentRefusedError("INVALID_PARAMS", f"Trigger: {'; '.join(problems)}.")
        check_new_incident(_incident(trigger))
        self._intake.lock_intake(trigger.tenant_id)
        if trigger.call_id is not None:
            known = self._intake.find_incident_of_call(trigger.tenant_id, trigger.call_id)
            if known is not None:
                return OpenedIncident(known, is_new=False)
        opened = self._place(trigger, actor, now)
        if trigger.call_id is not None:
            self._intake.insert_call(trigger.tenant_id, trigger.call_id, opened.incident.id, now)
        return opened

    def _place(self, trigger: Trigger, actor: Actor, now: datetime) -> OpenedIncident:
        current = self._intake.find_open_trigger(
            trigger.tenant_id, trigger.trigger_type, started_after=now - self._config.window
        )
        if current is not None:
            return self._merge(current, trigger, actor, now)
        opened = self._intake.count_triggered(
            trigger.tenant_id, except_trigger=OVERFLOW_TRIGGER, since=now - _HOUR
        )
        if opened < self._config.max_incidents_per_hour:
            return self._opening.open_incident(_incident(trigger), actor=actor, now=now)
        overflow = self._intake.find_open_trigger(
            trigger.tenant_id, OVERFLOW_TRIGGER, started_after=now - _HOUR
        )
        if overflow is not None:
            return self._merge(overflow, trigger, actor, now)
        limit = self._config.max_incidents_per_hour
        return self._opening.open_incident(_overflow(trigger, limit), actor=actor, now=now)

    def _merge(self, current: IncidentRow, trigger: Trigger, actor: Actor, now: datetime) -> OpenedIncident:
        at = max(now, current.updated_at)
        calls = current.calls_affected + 1
        cost = current.cost_delta_cents + trigger.cost_delta_cents
        if abs(cost) >= _COST_LIMIT:
            raise IncidentRefusedError(
                "CONFLICT", "The costs of the incident would add up to 10**12 cents, more than can be stored."
            )
        severity = escalated_severity(current.severity, calls)
        after = self._driver.update_incident_aggregated(
            current,
            calls_affected=calls,
            cost_delta_cents=cost,
            cost_impact=dollars(cost),
            severity=severity,
            at=at,
        )
        if after is None:
            raise was_faster()
        escalates = severity is not current.severity
        kind = ChangeKind.ESCALATED if escalates else ChangeKind.AGGREGATED
        told = (
            f"{trigger.trigger_type}: {trigger.trigger_value}"
            if trigger.trigger_value
            else trigger.trigger_type
        )
        self._journal.record(
            IncidentChange(kind, after, actor, at),
            before=current,
            entry_type=TimelineType.SEVERITY_ESCALATED if escalates else TimelineType.CALL_AGGREGATED,
            description=f"Severity {current.severity.value} became {severity.value} with {calls} calls"
            if escalates
            else f"One more call, {calls} in all; {told}",
            data={"trigger_type": trigger.trigger_type}
            | ({} if trigger.call_id is None else {"call_id": trigger.call_id}),
        )
        return OpenedIncident(after, is_new=False, merged=True)


def _incident(trigger: Trigger) -> NewIncident:
    words = trigger.trigger_type.replace("_", " ")
    return NewIncident(
        tenant_id=trigger.tenant_id,
        title=f"{words[:1].upper()}{words[1:]} reported",
        description=f"The trigger {trigger.trigger_type} reported: {trigger.trigger_value or 'nothing more'}.",
        severity=initial_severity(trigger.trigger_type),
        category=trigger.trigger_type.upper(),
        cause_type=CauseType.SYSTEM,
        source_type=SourceType.TRIGGER,
        trigger_type=trigger.trigger_type,
        trigger_value=trigger.trigger_value,
        calls_affected=1,
        cost_delta_cents=trigger.cost_delta_cents,
        auto_action=trigger.auto_action,
    )


def _overflow(trigger: Trigger, limit: int) -> NewIncident:
    return NewIncident(
        tenant_id=trigger.tenant_id,
        title="More incidents than one can read",
        description=f"Triggers opened {limit} incidents within an hour; what follows is gathered here.",
        severity=initial_severity(OVERFLOW_TRIGGER),
        category=OVERFLOW_TRIGGER.upper(),
        cause_type=CauseType.SYSTEM,
        source_type=SourceType.TRIGGER,
        trigger_type=OVERFLOW_TRIGGER,
        trigger_value=trigger.trigger_type,
        calls_affected=1,
        cost_delta_cents=trigger.cost_delta_cents,
        auto_action="aggregate",
    )
