# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation incidents.recurrence: which incidents are the same thing again, and what was learned from them.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``incidents.recurrence``. Methods: get_recurrence_group, get_signature_recipe, create_postmortem_stub,
write_postmortem.

Codes of its own: MISSING_SIGNATURE, MISSING_INCIDENT_ID, NOT_FOUND, CONFLICT, INVALID_PARAMS.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.hoc.cus.hoc_spine.orchestrator.coordinators.incident_work import in_transaction
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import dispatch, operation_time
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.incidents.L5_engines.recurrence_signature import INPUTS, SIGNATURE_VERSION
from app.hoc.cus.incidents.L5_schemas.incident_records import PostmortemContent, RecurrenceGroup
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor
from app.hoc.cus.incidents.L6_drivers.incident_write_driver import get_incident_write_driver

_MAX_GROUP = 200


class IncidentsRecurrenceHandler:
    """Groups and postmortems of the caller's tenant."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            ctx,
            {
                "get_recurrence_group": self._group,
                "get_signature_recipe": self._recipe,
                "create_postmortem_stub": self._stub,
                "write_postmortem": self._write,
            },
        )

    async def _group(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime | None = None,
        recurrence_signature: str = "",
        signature_version: str = SIGNATURE_VERSION,
        limit: int = 50,
    ) -> Any:
        """Gives ``RecurrenceGroup``: the group under a version of the recipe, the published one by default."""
        if not recurrence_signature:
            raise IncidentRefusedError(
                "MISSING_SIGNATURE", "Name the signature: recurrence_signature is missing."
            )
        if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= _MAX_GROUP:
            raise IncidentRefusedError("INVALID_PARAMS", f"limit must be an integer from 1 to {_MAX_GROUP}.")
        moment = as_of or operation_time(ctx)

        def read(sync_session: Session) -> RecurrenceGroup:
            return get_incident_write_driver(sync_session).fetch_recurrence_group(
                ctx.tenant_id, recurrence_signature, signature_version, as_of=moment, limit=limit
            )

        return await session.run_sync(read)

    async def _recipe(self, ctx: OperationContext, session: AsyncSession) -> Any:
        """Gives ``{"signature_version", "algorithm", "inputs"}``: how the signature is made."""
        return {
            "signature_version": SIGNATURE_VERSION,
            "algorithm": "SHA-256 of the canonical JSON of the version and the inputs",
            "inputs": list(INPUTS),
        }

    async def _stub(self, ctx: OperationContext, session: AsyncSession, *, incident_id: str = "") -> Any:
        """Gives ``{"postmortem_artifact_id", "created", "postmortem"}``; again, the same."""
        _require_incident(incident_id)
        saved = await in_transaction(
            session,
            lambda work: work.postmortems.create_postmortem_stub(
                ctx.tenant_id, incident_id, actor=_actor(ctx), now=operation_time(ctx)
            ),
        )
        return {
            "postmortem_artifact_id": saved.postmortem.id,
            "created": saved.created,
            "postmortem": saved.postmortem,
        }

    async def _write(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        title: str,
        summary: str,
        incident_id: str = "",
        root_cause: str | None = None,
        impact: str | None = None,
        corrective_actions: Sequence[str] | None = None,
        supersede: bool = False,
    ) -> Any:
        """Gives the same as ``create_postmortem_stub``; the one in force is replaced only when asked to."""
        _require_incident(incident_id)
        content = PostmortemContent(
            title,
            summary,
            root_cause,
            impact,
            None if corrective_actions is None else tuple(corrective_actions),
        )
        saved = await in_transaction(
            session,
            lambda work: work.postmortems.write_postmortem(
                ctx.tenant_id,
                incident_id,
                content,
                supersede=supersede,
                actor=_actor(ctx),
                now=operation_time(ctx),
            ),
        )
        return {
            "postmortem_artifact_id": saved.postmortem.id,
            "created": saved.created,
            "postmortem": saved.postmortem,
        }


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("incidents.recurrence", IncidentsRecurrenceHandler())


def _actor(ctx: OperationContext) -> Actor:
    return Actor(ctx.actor_id, ctx.actor_type)


def _require_incident(incident_id: str) -> None:
    if not incident_id:
        raise IncidentRefusedError("MISSING_INCIDENT_ID", "Name the incident: incident_id is missing.")
