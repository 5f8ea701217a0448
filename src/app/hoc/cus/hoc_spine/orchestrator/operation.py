# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: What goes into an operation and what comes out: context, result, the codes of the spine's own failures.
# Callers: spine operation_registry, registered_invariants
# Allowed Imports: L4
# Forbidden Imports: L2
"""What goes into an operation and what comes out. Others take these names from ``operation_registry``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from app.hoc.cus.hoc_spine.orchestrator.session_provider import OperationSession

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from app.hoc.cus.hoc_spine.auth.principal import Principal

UNKNOWN_OPERATION = "UNKNOWN_OPERATION"
HANDLER_EXCEPTION = "HANDLER_EXCEPTION"
OPERATION_FAILED = "OPERATION_FAILED"
FORBIDDEN = "FORBIDDEN"
UNAVAILABLE = "UNAVAILABLE"
ENRICHER_EXCEPTION = "ENRICHER_EXCEPTION"
INVARIANT_EXCEPTION = "INVARIANT_EXCEPTION"
CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class OperationContext:
    """What a handler gets to work with. The registry fills ``operation`` and ``timestamp`` (ISO 8601, UTC).

    ``tenant_id``, ``actor_id``, ``actor_type`` (user, system, sdk or founder) and ``scopes`` come from the
    authenticated principal, never from ``params``.
    """

    session: "AsyncSession | None"
    tenant_id: str
    params: Mapping[str, Any] = field(default_factory=dict)
    operation: str = ""
    timestamp: str = ""
    actor_id: str = ""
    scopes: frozenset[str] = frozenset()
    actor_type: str = "system"

    @classmethod
    def for_principal(
        cls,
        principal: "Principal",
        session: "AsyncSession | OperationSession | None",
        params: Mapping[str, Any] | None = None,
    ) -> "OperationContext":
        """Return the context of a call by an authenticated principal."""
        return cls(
            session=_plain(session),
            tenant_id=principal.tenant_id,
            params=dict(params or {}),
            actor_id=principal.actor_id,
            scopes=principal.scopes,
            actor_type=principal.actor_type,
        )

    @classmethod
    def for_nobody(cls, session: "AsyncSession | OperationSession | None") -> "OperationContext":
        """Return the context of a call that needs no principal, such as a health check."""
        return cls(session=_plain(session), tenant_id="")


@dataclass
class OperationResult:
    """What an operation came to. ``error`` is shown to clients: handlers put nothing internal in it."""

    success: bool
    data: Any = None
    error: str | None = None
    error_code: str | None = None
    operation: str = ""
    duration_ms: float = 0.0

    @staticmethod
    def ok(data: Any = None) -> "OperationResult":
        """Return a success."""
        return OperationResult(success=True, data=data)

    @staticmethod
    def fail(error: str, error_code: str = OPERATION_FAILED) -> "OperationResult":
        """Return a failure with a message for the caller and a stable code for programs."""
        return OperationResult(success=False, error=error, error_code=error_code)


@runtime_checkable
class OperationHandler(Protocol):
    """Serves one operation."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        ...


def _plain(session: "AsyncSession | OperationSession | None") -> "AsyncSession | None":
    return session.session if isinstance(session, OperationSession) else session
