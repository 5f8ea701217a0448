# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: What every method of incidents.query needs: the facade on a session, and answers that say their version.
# Callers: spine {incident_figures, incidents_query_handler}
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""The facade behind ``incidents.query``, and its answers."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext
from app.hoc.cus.incidents.L5_engines.incidents_facade import IncidentsFacade, get_incidents_facade
from app.hoc.cus.incidents.L5_schemas.incident_read_rows import VersionedAnswer
from app.hoc.cus.incidents.L6_drivers.incident_prevention_read_driver import (
    get_incident_prevention_read_driver,
)
from app.hoc.cus.incidents.L6_drivers.incident_read_driver import get_incident_read_driver
from app.hoc.cus.incidents.L6_drivers.incident_statistics_read_driver import (
    get_incident_statistics_read_driver,
)


def facade_on(session: AsyncSession) -> IncidentsFacade:
    """The reads of incidents on one session."""
    return get_incidents_facade(
        get_incident_read_driver(session),
        get_incident_statistics_read_driver(session),
        get_incident_prevention_read_driver(session),
    )


async def versioned(
    facade: IncidentsFacade, ctx: OperationContext, as_of: datetime, answer: Any
) -> VersionedAnswer:
    """An answer with the version of the data it was made from."""
    return VersionedAnswer(answer, await facade.data_version(ctx.tenant_id, as_of=as_of))
