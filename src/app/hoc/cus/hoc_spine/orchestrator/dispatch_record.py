# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: What is recorded of a dispatch: in the audit, in the log.
# Callers: spine operation_registry, dispatch_audit, dispatch_audit_driver
# Allowed Imports: none
# Forbidden Imports: L2
"""What is recorded of a dispatch. Parameters and results are not: they hold customers' data."""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

logger = logging.getLogger(__name__)

# As long as the columns of the audit.
MAX_LENGTHS = {
    "operation": 100,
    "method": 100,
    "tenant_id": 36,
    "actor_type": 20,
    "actor_id": 100,
    "request_id": 40,
    "error_code": 100,
    "authority_code": 50,
    "authority_reason": 200,
}


@dataclass(frozen=True)
class DispatchRecord:
    """One dispatch. ``error_code`` is the result's, for a raising handler with the name of what it raised.

    Texts longer than :data:`MAX_LENGTHS` are cut, and characters that no database stores are replaced: a name
    somebody made up must not keep the record of its use from being stored.
    """

    dispatched_at: datetime
    operation: str
    method: str | None
    tenant_id: str | None
    actor_type: str
    actor_id: str | None
    request_id: str | None
    success: bool
    error_code: str | None
    duration_ms: float
    governance_active: bool
    authority_allowed: bool
    authority_degraded: bool
    authority_code: str
    authority_reason: str

    def __post_init__(self) -> None:
        for name, length in MAX_LENGTHS.items():
            value = getattr(self, name)
            if value is not None:
                storable = value.replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")
                object.__setattr__(self, name, storable[:length])


class DispatchAudit(Protocol):
    """Keeps the records of dispatches. Never raises: an operation's outcome does not hang on its record."""

    def enqueue(self, record: DispatchRecord) -> None:
        """Take a record, at once and without storing it yet."""
        ...

    async def flush(self) -> None:
        """Store everything taken so far."""
        ...

    def flush_soon(self) -> None:
        """Store everything taken so far without letting the caller wait."""
        ...

    async def close(self) -> None:
        """Store what is left."""
        ...


def log_dispatch(record: DispatchRecord) -> None:
    """Tell the log of a dispatch: a line for people, the fields for programs."""
    logger.log(
        logging.INFO if record.success else logging.WARNING,
        "operation=%s success=%s code=%s tenant=%s actor=%s duration_ms=%.1f request=%s",
        record.operation,
        record.success,
        record.error_code,
        record.tenant_id,
        record.actor_id,
        record.duration_ms,
        record.request_id,
        extra={
            "event": "operation.dispatched" if record.success else "operation.failed",
            **asdict(record),
            "duration_ms": round(record.duration_ms, 2),
            "dispatched_at": record.dispatched_at.isoformat(),
        },
    )
