# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Dispatch every operation: find its handler, prepare the context, contain failures, time and log it.
# Callers: app.hoc.cus.hoc_spine.orchestrator.*, app.hoc.api.cus.**, app.analytics_cli, app.canary_cli, app.demo
# Allowed Imports: L4, app.infra
# Forbidden Imports: L2
"""Dispatch every operation: find its handler, prepare the context, contain failures, time and log it."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from app.hoc.cus.hoc_spine.orchestrator.session_provider import OperationSession
from app.infra.request_id import current_request_id
from app.infra.time import monotonic_ms, utc_now

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from app.hoc.cus.hoc_spine.auth.principal import Principal

logger = logging.getLogger(__name__)

UNKNOWN_OPERATION = "UNKNOWN_OPERATION"
HANDLER_EXCEPTION = "HANDLER_EXCEPTION"
OPERATION_FAILED = "OPERATION_FAILED"


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


class OperationRegistry:
    """Operations by name. Filled at start-up, then frozen; one instance per application, no global one."""

    def __init__(self) -> None:
        self._handlers: dict[str, OperationHandler] = {}
        self._frozen = False

    def register(self, operation: str, handler: OperationHandler) -> None:
        """Add a handler.

        Raises:
            RuntimeError: when the registry is frozen or the operation is already registered.
            TypeError: when the handler has no callable ``execute``.
        """
        if self._frozen:
            raise RuntimeError(
                f"Cannot register {operation!r}: the registry is frozen; register during start-up."
            )
        if operation in self._handlers:
            raise RuntimeError(
                f"Operation {operation!r} is already registered; an operation has one handler."
            )
        if isinstance(handler, type) or not callable(getattr(handler, "execute", None)):
            raise TypeError(
                f"The handler of {operation!r} must be an object with an execute method, got {handler!r}."
            )
        self._handlers[operation] = handler

    def freeze(self) -> None:
        """Refuse registrations from now on."""
        self._frozen = True

    @property
    def is_frozen(self) -> bool:
        """Whether registrations are refused."""
        return self._frozen

    @property
    def operations(self) -> list[str]:
        """The registered operations, sorted."""
        return sorted(self._handlers)

    @property
    def operation_count(self) -> int:
        """How many operations are registered."""
        return len(self._handlers)

    def has_operation(self, operation: str) -> bool:
        """Whether ``operation`` is registered."""
        return operation in self._handlers

    def get_handler(self, operation: str) -> OperationHandler | None:
        """Return the handler of ``operation``, or None."""
        return self._handlers.get(operation)

    async def execute(self, operation: str, ctx: OperationContext) -> OperationResult:
        """Run an operation; failures come back as results, never as exceptions.

        Steps: look up; copy the parameters without keys that begin with ``_`` (they are the spine's own) and
        stamp operation and time; run the handler; stamp operation and duration; log. What a handler raises is
        logged in full and reported as a stable code and message, because exception texts carry SQL and
        values. Cancellation is not a failure and passes through.
        """
        started = monotonic_ms()
        handler = self._handlers.get(operation)
        if handler is None:
            result = OperationResult.fail("This operation does not exist.", UNKNOWN_OPERATION)
        else:
            result = await self._run(handler, _prepare(operation, ctx))
        result = replace(result, operation=operation, duration_ms=monotonic_ms() - started)
        logger.log(
            logging.INFO if result.success else logging.WARNING,
            "operation=%s success=%s code=%s tenant=%s actor=%s duration_ms=%.1f request=%s",
            operation,
            result.success,
            result.error_code,
            ctx.tenant_id,
            ctx.actor_id,
            result.duration_ms,
            current_request_id(),
        )
        return result

    async def _run(self, handler: OperationHandler, ctx: OperationContext) -> OperationResult:
        try:
            result = await handler.execute(ctx)
            if not isinstance(result, OperationResult):
                raise TypeError(f"{type(handler).__name__}.execute returned {type(result).__name__}")
        except Exception:
            logger.exception("Handler of %s raised; request=%s", ctx.operation, current_request_id())
            return OperationResult.fail(
                "The operation failed because of an internal error.", HANDLER_EXCEPTION
            )
        if not result.success and result.error_code is None:
            return replace(result, error_code=OPERATION_FAILED)
        return result


# How a handler module registers what it serves.
RegisterHandlers = Callable[[OperationRegistry], None]


def _prepare(operation: str, ctx: OperationContext) -> OperationContext:
    params = {key: value for key, value in ctx.params.items() if not key.startswith("_")}
    return replace(ctx, params=params, operation=operation, timestamp=utc_now().isoformat())


def _plain(session: "AsyncSession | OperationSession | None") -> "AsyncSession | None":
    return session.session if isinstance(session, OperationSession) else session
