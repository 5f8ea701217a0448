# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Makes the events of operations: the base fields from the call, the rest from the handler.
# Callers: app.hoc.cus.hoc_spine.orchestrator.handlers.*, app.hoc.cus.hoc_spine.orchestrator.coordinators.*
# Allowed Imports: L4, app.infra
# Forbidden Imports: L2
"""Makes the events of operations. An event is made here and stored by ``event_outbox_driver.append_event`` in the
transaction of what it tells of; the relay publishes it after the commit.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

from app.hoc.cus.hoc_spine.authority.event_schema_contract import (
    CURRENT_SCHEMA_VERSION,
    NO_PROJECT,
    validate_event_payload,
)
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext


def new_event(
    event_type: str, ctx: OperationContext, *, decision_owner: str, **extension: Any
) -> dict[str, Any]:
    """Return a checked event caused by a call: tenant, actor and moment are the call's.

    ``extension`` holds the fields of the type; one that is None is left out. The sequence number is given out
    when the event is stored. Raises ``EventSchemaViolation``.
    """
    event = build_event(
        event_type,
        tenant_id=ctx.tenant_id,
        actor_type=ctx.actor_type,
        actor_id=ctx.actor_id,
        decision_owner=decision_owner,
        occurred_at=datetime.fromisoformat(ctx.timestamp),
        **extension,
    )
    validate_event_payload(event)
    return event


def build_event(
    event_type: str,
    *,
    tenant_id: str,
    actor_type: str,
    actor_id: str,
    decision_owner: str,
    occurred_at: datetime,
    **extension: Any,
) -> dict[str, Any]:
    """An event as the outbox takes it, which checks it before anything is stored. For what no call caused (a schedule,
    a coordinator that knows only the moment); nothing in ``extension`` takes the place of a base field.
    """
    return {
        **{name: value for name, value in extension.items() if value is not None},
        "event_id": str(uuid.uuid4()),
        "event_type": event_type,
        "tenant_id": tenant_id,
        "project_id": NO_PROJECT,
        "actor_type": actor_type,
        "actor_id": actor_id,
        "decision_owner": decision_owner,
        "sequence_no": 0,
        "schema_version": CURRENT_SCHEMA_VERSION,
        "occurred_at": occurred_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
