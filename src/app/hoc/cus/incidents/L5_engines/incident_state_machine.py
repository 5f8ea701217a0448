# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Which state of an incident may follow which.
# Callers: L5 {incident_aggregator, incident_automatic_engine, incident_postmortem_engine, incident_steps,
#          incident_write_engine}
# Allowed Imports: L5_schemas
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The state machine: ACTIVE, ACKED, RESOLVED, REOPENED and ACTIVE again.

What is resolved comes back only through REOPENED, and what is reopened first has to be active again before
anybody can acknowledge or resolve it.
"""

from __future__ import annotations

from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import LifecycleState

TRANSITIONS = {
    LifecycleState.ACTIVE: frozenset({LifecycleState.ACKED, LifecycleState.RESOLVED}),
    LifecycleState.ACKED: frozenset({LifecycleState.RESOLVED}),
    LifecycleState.RESOLVED: frozenset({LifecycleState.REOPENED}),
    LifecycleState.REOPENED: frozenset({LifecycleState.ACTIVE}),
}


def require_transition(incident: IncidentRow, target: LifecycleState) -> None:
    """Raise ``IncidentRefusedError`` CONFLICT unless the incident may go to ``target``."""
    allowed = TRANSITIONS[incident.lifecycle_state]
    if target not in allowed:
        following = " or ".join(sorted(state.value for state in allowed))
        raise IncidentRefusedError(
            "CONFLICT",
            f"The incident is {incident.lifecycle_state.value} and cannot become {target.value}; "
            f"from here it can become {following}.",
        )


def was_faster() -> IncidentRefusedError:
    """The refusal of a change whose incident somebody else has changed in the meantime."""
    return IncidentRefusedError("CONFLICT", "The incident has just been changed; read it and try again.")
