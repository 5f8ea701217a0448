# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Appends coordination decisions to their audit (table coordination_audit_records); the only writer.
# Callers: spine canary_coordinator
# Allowed Imports: L7, sqlalchemy, app.infra
# Forbidden Imports: L2, L4, L5_engines
# Reads: coordination_audit_records
# Writes: coordination_audit_records
"""Audit of coordination decisions.

Coordinating correctly outranks auditing completely: a record that cannot be stored is logged in full and
reported as False, and neither raises nor harms the caller's transaction, whose savepoint takes the failure.
A failure that may pass (a lock, a broken statement) is tried once more, at once: the caller holds a
transaction and must not sleep in it.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from app.infra import FeatureIntent, RetryPolicy
from app.infra.time import utc_now
from app.models.coordination_audit import CoordinationAuditRecordDB

FEATURE_INTENT = FeatureIntent.STATE_MUTATION
# Safe only with the same audit_id: a caller that makes a new one for its retry records the decision twice.
RETRY_POLICY = RetryPolicy.SAFE

ENVELOPE_CLASSES = ("SAFETY", "RELIABILITY", "COST", "PERFORMANCE")
DECISIONS = ("APPLIED", "REJECTED", "PREEMPTED")
_ATTEMPTS = 2
_ID_LENGTH = 100

logger = logging.getLogger(__name__)

__all__ = ["FEATURE_INTENT", "RETRY_POLICY", "CoordinationAuditRecordDB", "persist_audit_record"]


@dataclass(frozen=True)
class _Decision:
    audit_id: str
    envelope_id: str
    envelope_class: str
    decision: str
    reason: str
    decision_timestamp: datetime
    conflicting_envelope_id: str | None
    preempting_envelope_id: str | None
    active_envelopes_count: int
    tenant_id: str | None


def persist_audit_record(
    db: Session,
    audit_id: str,
    envelope_id: str,
    envelope_class: str,
    decision: str,
    reason: str,
    decision_timestamp: datetime,
    conflicting_envelope_id: str | None = None,
    preempting_envelope_id: str | None = None,
    active_envelopes_count: int = 0,
    tenant_id: str | None = None,
    emit_traces: bool = True,
) -> bool:
    """Append one decision in the caller's transaction; whether it is (or already was) recorded.

    ``audit_id`` is a UUID and makes the call repeatable: one that the tenant has is left as it is, one that another
    has is refused. Class (safety, reliability, cost, performance) and decision (applied, rejected, preempted)
    count in either case.
    ``emit_traces=False`` is for replays: nothing is written, and that is a success. Never raises.
    """
    if not emit_traces:
        return True
    record = _Decision(
        audit_id,
        envelope_id,
        envelope_class.upper() if isinstance(envelope_class, str) else envelope_class,
        decision.upper() if isinstance(decision, str) else decision,
        reason,
        decision_timestamp,
        conflicting_envelope_id,
        preempting_envelope_id,
        active_envelopes_count,
        tenant_id,
    )
    problems = _problems(record)
    if problems:
        return _not_recorded(record, "; ".join(problems))
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with db.begin_nested():
                recorded = _insert(db, record)
        except OperationalError as error:
            if attempt == _ATTEMPTS:
                return _not_recorded(record, repr(error))
        except SQLAlchemyError as error:
            return _not_recorded(record, repr(error))
        else:
            return recorded or _not_recorded(record, "its audit_id is taken by somebody else's decision")
    return False


def _insert(db: Session, record: _Decision) -> bool:
    """Whether the decision is there afterwards; another tenant's under the same id is not."""
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    values = asdict(record) | {"audit_id": UUID(record.audit_id), "created_at": _now_utc()}
    db.execute(
        dialect.insert(CoordinationAuditRecordDB)
        .values(values)
        .on_conflict_do_nothing(index_elements=[CoordinationAuditRecordDB.audit_id])
    )
    stored = select(CoordinationAuditRecordDB.audit_id).where(
        CoordinationAuditRecordDB.audit_id == values["audit_id"],
        CoordinationAuditRecordDB.tenant_id == record.tenant_id,
    )
    return db.scalar(stored) is not None


def _problems(record: _Decision) -> list[str]:
    problems = []
    try:
        UUID(record.audit_id)
    except (ValueError, TypeError, AttributeError):
        problems.append("audit_id is no UUID")
    if record.envelope_class not in ENVELOPE_CLASSES:
        problems.append(f"envelope_class must be one of {', '.join(ENVELOPE_CLASSES)}")
    if record.decision not in DECISIONS:
        problems.append(f"decision must be one of {', '.join(DECISIONS)}")
    if not record.envelope_id:
        problems.append("envelope_id is missing")
    if not isinstance(record.reason, str) or not record.reason:
        problems.append("reason is missing")
    for name in ("envelope_id", "conflicting_envelope_id", "preempting_envelope_id", "tenant_id"):
        text = getattr(record, name)
        if text is not None and (not isinstance(text, str) or len(text) > _ID_LENGTH):
            problems.append(f"{name} must be text of at most {_ID_LENGTH} characters")
    moment = record.decision_timestamp
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        problems.append("decision_timestamp must have a time zone")
    count = record.active_envelopes_count
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count < 2**31:
        problems.append("active_envelopes_count must be a whole number from 0")
    return problems


def _not_recorded(record: _Decision, cause: str) -> bool:
    """Leave the whole record in the log, from where it can be entered later."""
    logger.error(
        "coordination_audit_dead_letter cause=%s record=%s", cause, json.dumps(asdict(record), default=str)
    )
    return False


def _now_utc() -> datetime:
    """The present moment, aware, in UTC."""
    return utc_now()
