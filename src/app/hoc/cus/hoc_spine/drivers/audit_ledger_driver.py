# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Appends changes to the audit ledger and reads them back; the only writer of its table.
# Callers: app.hoc.cus.hoc_spine.orchestrator.**, app.audit_cli
# Allowed Imports: L4, L7, sqlalchemy, app.infra
# Forbidden Imports: L2
# Reads: audit_ledger
# Writes: audit_ledger
"""The audit ledger: who changed what, from which state to which, and why.

An entry is written in the transaction of the change, so that both or neither exist: whatever keeps the entry
from being stored raises and takes the change with it. Engines get the writer through a port of their own domain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.hoc.cus.hoc_spine.authority.event_schema_contract import VALID_ACTOR_TYPES
from app.infra.request_id import current_request_id
from app.models.audit_ledger import AuditLedgerEntry

MAX_ENTITY_ID = 100
_MAX_LENGTHS = {"event_type": 100, "entity_type": 50, "entity_id": MAX_ENTITY_ID, "actor_id": 100}


class AuditEntryError(ValueError):
    """An entry does not say who changed what; the message names every problem."""


@dataclass(frozen=True)
class AuditEntry:
    """One stored change. States are JSON objects: moments, decimals, enums and UUIDs appear as text."""

    id: int
    tenant_id: str
    event_type: str
    entity_type: str
    entity_id: str
    actor_type: str
    actor_id: str
    reason: str | None
    before_state: Mapping[str, Any] | None
    after_state: Mapping[str, Any] | None
    request_id: str | None
    recorded_at: datetime


class AuditLedgerDriver:
    """Writes on the synchronous side of a session; its owner commits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(
        self,
        *,
        tenant_id: str,
        event_type: str,
        entity_type: str,
        entity_id: str,
        actor_type: str,
        actor_id: str,
        before_state: Mapping[str, Any] | None,
        after_state: Mapping[str, Any] | None,
        recorded_at: datetime,
        reason: str | None = None,
    ) -> AuditEntry:
        """Store one change and return it. The id of the request being served is added.

        Raises ``AuditEntryError`` for an entry that says too little or cannot be stored as JSON, and what
        the database raises; the caller lets both end its transaction.
        """
        texts = {
            "event_type": event_type,
            "entity_type": entity_type,
            "entity_id": entity_id,
            "actor_id": actor_id,
        }
        problems = [
            f"{name} must be text of 1 to {_MAX_LENGTHS[name]} characters"
            for name, value in texts.items()
            if not isinstance(value, str) or not 0 < len(value) <= _MAX_LENGTHS[name]
        ]
        if actor_type not in VALID_ACTOR_TYPES:
            problems.append(f"actor_type must be one of {', '.join(sorted(VALID_ACTOR_TYPES))}")
        if before_state is None and after_state is None:
            problems.append("before_state or after_state must be given")
        before, after = (
            _plain(before_state, "before_state", problems),
            _plain(after_state, "after_state", problems),
        )
        if problems:
            raise AuditEntryError("audit entry: " + "; ".join(problems))
        row = AuditLedgerEntry(
            tenant_id=tenant_id,
            event_type=event_type,
            entity_type=entity_type,
            entity_id=entity_id,
            actor_type=actor_type,
            actor_id=actor_id,
            reason=reason,
            before_state=before,
            after_state=after,
            request_id=current_request_id(),
            recorded_at=recorded_at,
        )
        self._session.add(row)
        self._session.flush()
        return _entry(row)


def get_audit_ledger_driver(session: Session) -> AuditLedgerDriver:
    """Return the writer on a session."""
    return AuditLedgerDriver(session)


async def read_audit_entries(
    session: AsyncSession,
    tenant_id: str,
    *,
    entity_type: str,
    entity_id: str,
    as_of: datetime,
    limit: int | None = 100,
) -> list[AuditEntry]:
    """What happened to one thing of a tenant's until a moment, oldest first; with None for ``limit``, all of it."""
    rows = await session.scalars(
        select(AuditLedgerEntry)
        .where(
            AuditLedgerEntry.tenant_id == tenant_id,
            AuditLedgerEntry.entity_type == entity_type,
            AuditLedgerEntry.entity_id == entity_id,
            AuditLedgerEntry.recorded_at <= as_of,
        )
        .order_by(AuditLedgerEntry.id)
        .limit(limit)
    )
    return [_entry(row) for row in rows]


def _plain(state: Mapping[str, Any] | None, name: str, problems: list[str]) -> dict[str, Any] | None:
    if state is None:
        return None
    try:
        return {_key(key): _json(value) for key, value in state.items()}
    except TypeError as error:
        problems.append(f"{name} {error}")
        return None


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"has a key that is no text: {key!r}")
    return key


def _json(value: Any) -> Any:
    """``value`` as JSON can say it, exactly; raises ``TypeError`` where it cannot."""
    if isinstance(value, Enum):
        return _json(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError(f"has a moment without a time zone: {value.isoformat()}")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(key): _json(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_json(inner) for inner in value]
    raise TypeError(f"holds a {type(value).__name__}, which cannot be stored exactly")


def _entry(row: AuditLedgerEntry) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        tenant_id=row.tenant_id,
        event_type=row.event_type,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        actor_type=row.actor_type,
        actor_id=row.actor_id,
        reason=row.reason,
        before_state=row.before_state,
        after_state=row.after_state,
        request_id=row.request_id,
        recorded_at=row.recorded_at,
    )
