# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: The business invariants of the system, bound to the operations they are about.
# Callers: spine bootstrap
# Allowed Imports: L4, L6, app.db
# Forbidden Imports: L2
"""The business invariants. They see what is committed, on a session of their own, before the handler begins its
transaction; between calls at the same moment the handler's conditional statements decide.
"""

from app.db import get_async_session
from app.hoc.cus.hoc_spine.authority.business_invariants import (
    BusinessInvariant,
    InvariantCall,
    InvariantSeverity,
    Violation,
)
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationRegistry
from app.hoc.cus.incidents.L6_drivers.incident_state_driver import fetch_lifecycle_state

_SEVERITIES = ("critical", "high", "medium", "low")
_RESOLVED = "RESOLVED"


def register(registry: OperationRegistry) -> None:
    """Register every invariant."""
    for invariant in (
        BusinessInvariant(
            id="BI-INCIDENT-001",
            severity=InvariantSeverity.MEDIUM,
            operation="incidents.write",
            methods=frozenset({"reactivate_incident"}),
            check=_resolved_is_reopened_first,
        ),
        BusinessInvariant(
            id="BI-INCIDENT-002",
            severity=InvariantSeverity.HIGH,
            operation="incidents.write",
            methods=frozenset({"create_incident"}),
            check=_new_has_tenant_and_severity,
        ),
        BusinessInvariant(
            id="BI-INCIDENT-003",
            severity=InvariantSeverity.HIGH,
            operation="incidents.write",
            methods=frozenset({"resolve_incident", "manual_close_incident"}),
            check=_resolved_exists_and_is_open,
        ),
    ):
        registry.register_invariant(invariant)


async def _resolved_is_reopened_first(call: InvariantCall) -> Violation | None:
    if await _state(call) == _RESOLVED:
        return Violation(
            "CONFLICT", "A resolved incident does not become active again without being reopened."
        )
    return None


async def _new_has_tenant_and_severity(call: InvariantCall) -> Violation | None:
    severity = call.params.get("severity")
    if not call.tenant_id:
        return Violation("UNPROCESSABLE", "An incident belongs to a tenant.")
    if not isinstance(severity, str) or severity.lower() not in _SEVERITIES:
        return Violation("UNPROCESSABLE", f"severity must be one of {', '.join(_SEVERITIES)}.")
    return None


async def _resolved_exists_and_is_open(call: InvariantCall) -> Violation | None:
    if not isinstance(call.params.get("incident_id"), str):
        return None  # the handler says which parameters it takes
    state = await _state(call)
    if state is None:
        return Violation("NOT_FOUND", "There is no such incident.")
    if state == _RESOLVED:
        return Violation("CONFLICT", "The incident is resolved already.")
    return None


async def _state(call: InvariantCall) -> str | None:
    incident_id = call.params.get("incident_id")
    if not isinstance(incident_id, str):
        return None
    async with get_async_session(read_only=True) as session:
        return await fetch_lifecycle_state(session, call.tenant_id, incident_id)
