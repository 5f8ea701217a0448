# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Dispatch every operation: authority, context, invariants, handler; contain failures, record each dispatch once.
# Callers: app.hoc.cus.hoc_spine.orchestrator.**, app.hoc.api.cus.**, app.operations_cli, app.demo
# Allowed Imports: L4, app.infra
# Forbidden Imports: L2
"""Dispatch every operation: ask authority, find its handler, prepare the context, check invariants, contain
failures, and record each dispatch exactly once.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.hoc.cus.hoc_spine.authority.authority_decision import AuthorityDecision
from app.hoc.cus.hoc_spine.authority.business_invariants import BusinessInvariant, InvariantMode
from app.hoc.cus.hoc_spine.authority.governance import NO_TENANT, Governance
from app.hoc.cus.hoc_spine.orchestrator.dispatch_record import DispatchAudit, DispatchRecord, log_dispatch
from app.hoc.cus.hoc_spine.orchestrator.operation import (
    CANCELLED,
    ENRICHER_EXCEPTION,
    FORBIDDEN,
    HANDLER_EXCEPTION,
    INVARIANT_EXCEPTION,
    OPERATION_FAILED,
    UNAVAILABLE,
    UNKNOWN_OPERATION,
    OperationContext,
    OperationHandler,
    OperationResult,
)
from app.hoc.cus.hoc_spine.orchestrator.registered_invariants import RegisteredInvariants
from app.hoc.cus.hoc_spine.orchestrator.session_provider import end_transaction
from app.infra.metrics import UNKNOWN, ServiceMetrics
from app.infra.request_id import current_request_id
from app.infra.time import monotonic_ms, utc_now

logger = logging.getLogger(__name__)

REGISTRY_VERSION = "1.0.0"
_INTERNAL = "The operation failed because of an internal error."

__all__ = [
    "OPERATION_FAILED",
    "ContextEnricher",
    "OperationContext",
    "OperationHandler",
    "OperationRegistry",
    "OperationResult",
]

# Adds parameters to a call before its invariants are checked, such as defaults of a tenant.
ContextEnricher = Callable[[OperationContext], Mapping[str, Any]]


class OperationRegistry:
    """Operations by name. Filled at start-up, then frozen; one instance per application, no global one.

    Without ``metrics`` it counts for itself only; without ``audit`` dispatches are logged and not stored.
    """

    def __init__(
        self,
        *,
        governance: Governance | None = None,
        audit: DispatchAudit | None = None,
        metrics: ServiceMetrics | None = None,
    ) -> None:
        self._governance = governance or Governance()
        self._audit = audit
        self._metrics = metrics or ServiceMetrics()
        self._handlers: dict[str, OperationHandler] = {}
        self._enrichers: dict[str, ContextEnricher] = {}
        self._invariants = RegisteredInvariants(self._metrics)
        self._frozen = False

    def register(self, operation: str, handler: OperationHandler) -> None:
        """Add a handler.

        Raises:
            RuntimeError: when the registry is frozen or the operation is already registered.
            TypeError: when the handler has no callable ``execute``.
        """
        self._refuse_when_frozen(f"register {operation!r}")
        if operation in self._handlers:
            raise RuntimeError(
                f"Operation {operation!r} is already registered; an operation has one handler."
            )
        if isinstance(handler, type) or not callable(getattr(handler, "execute", None)):
            raise TypeError(
                f"The handler of {operation!r} must be an object with an execute method, got {handler!r}."
            )
        self._handlers[operation] = handler

    def register_context_enricher(self, operation: str, enricher: ContextEnricher) -> None:
        """Let ``enricher`` add parameters to every call of ``operation``; it may not replace given ones.

        Raises ``RuntimeError`` when the registry is frozen or the operation has an enricher.
        """
        self._refuse_when_frozen(f"add an enricher to {operation!r}")
        if operation in self._enrichers:
            raise RuntimeError(f"Operation {operation!r} already has an enricher; an operation has one.")
        self._enrichers[operation] = enricher

    def register_invariant(self, invariant: BusinessInvariant) -> None:
        """Check an invariant before every call it concerns.

        Raises ``RuntimeError`` when the registry is frozen or the id is taken.
        """
        self._refuse_when_frozen(f"add the invariant {invariant.id}")
        self._invariants.add(invariant)

    def set_invariant_mode(self, mode: InvariantMode) -> None:
        """Choose which violations are refused (STRICT: all). Raises ``RuntimeError`` when frozen."""
        self._refuse_when_frozen("change the invariant mode")
        self._invariants.mode = mode

    def set_shadow_compare_enabled(self, enabled: bool) -> None:
        """Count and log violations that the mode lets through. Raises ``RuntimeError`` when frozen."""
        self._refuse_when_frozen("switch shadow comparison")
        self._invariants.shadow_compare = enabled

    def freeze(self) -> None:
        """Refuse every change from now on.

        Raises ``RuntimeError`` when an enricher or an invariant is bound to an operation nobody registered:
        it would never be asked.
        """
        bound = {*self._enrichers, *self._invariants.operations}
        unbound = sorted(bound - set(self._handlers))
        if unbound:
            raise RuntimeError(
                f"Enrichers or invariants are bound to operations nobody registered: {', '.join(unbound)}."
            )
        self._frozen = True

    @property
    def is_frozen(self) -> bool:
        """Whether changes are refused."""
        return self._frozen

    @property
    def operations(self) -> list[str]:
        """The registered operations, sorted."""
        return sorted(self._handlers)

    @property
    def operation_count(self) -> int:
        """How many operations are registered."""
        return len(self._handlers)

    @property
    def invariants(self) -> list[str]:
        """The ids of the registered invariants, sorted."""
        return self._invariants.ids

    def has_operation(self, operation: str) -> bool:
        """Whether ``operation`` is registered."""
        return operation in self._handlers

    def get_handler(self, operation: str) -> OperationHandler | None:
        """Return the handler of ``operation``, or None."""
        return self._handlers.get(operation)

    def status(self) -> dict[str, Any]:
        """What the registry is: version, operation_count, frozen, operations."""
        return {
            "version": REGISTRY_VERSION,
            "operation_count": self.operation_count,
            "frozen": self.is_frozen,
            "operations": self.operations,
        }

    async def execute(self, operation: str, ctx: OperationContext) -> OperationResult:
        """Run an operation; failures come back as results, never as exceptions.

        Steps: ask authority; look up; copy the parameters without keys that begin with ``_`` (they are the
        spine's own) and stamp operation and time; enrich; check invariants; run the handler; end a
        transaction it left open; stamp operation and duration; record. What is raised on the way is logged in
        full and reported as a stable code and message, because exception texts carry SQL and values.
        Cancellation is recorded and passes through.
        """
        started, moment = monotonic_ms(), utc_now()
        decision = self._decide(operation, ctx)
        callers_transaction = ctx.session is not None and ctx.session.in_transaction()
        cause: str | None = None
        try:
            result, cause = await self._dispatch(operation, ctx, decision, moment)
            if ctx.session is not None and not callers_transaction:
                await end_transaction(ctx.session)
        except asyncio.CancelledError:
            self._record(operation, ctx, decision, moment, monotonic_ms() - started, CANCELLED)
            raise
        result = replace(result, operation=operation, duration_ms=monotonic_ms() - started)
        code = result.error_code if cause is None else f"{result.error_code}:{cause}"
        self._record(operation, ctx, decision, moment, result.duration_ms, code)
        if self._audit is not None and ctx.session is None:
            self._audit.flush_soon()
        elif self._audit is not None and not callers_transaction:
            # In the middle of somebody's transaction the record would have to wait: SQLite has one writer.
            await self._audit.flush()
        return result

    async def close(self) -> None:
        """Store the records of dispatches that could not wait for it."""
        if self._audit is not None:
            await self._audit.close()

    def _refuse_when_frozen(self, what: str) -> None:
        if self._frozen:
            raise RuntimeError(f"Cannot {what}: the registry is frozen; do it during start-up.")

    def _decide(self, operation: str, ctx: OperationContext) -> AuthorityDecision:
        try:
            return self._governance.decide(operation, ctx.tenant_id)
        except Exception:
            logger.exception("Authority failed on %s; request=%s", operation, current_request_id())
            return AuthorityDecision.deny("authority could not decide", UNAVAILABLE)

    async def _dispatch(
        self, operation: str, ctx: OperationContext, decision: AuthorityDecision, moment: datetime
    ) -> tuple[OperationResult, str | None]:
        """The result, and the name of what was raised on the way."""
        handler = self._handlers.get(operation)
        if handler is None:
            return OperationResult.fail("This operation does not exist.", UNKNOWN_OPERATION), None
        if not decision.allowed:
            code = FORBIDDEN if decision.code == NO_TENANT else UNAVAILABLE
            return OperationResult.fail("The operation is not allowed.", code), None
        step = ENRICHER_EXCEPTION
        try:
            call = self._prepare(operation, ctx, moment)
            step = INVARIANT_EXCEPTION
            refused = await self._check_invariants(call)
            if refused is not None:
                return refused, None
            step = HANDLER_EXCEPTION
            result = await handler.execute(call)
            if not isinstance(result, OperationResult):
                raise TypeError(f"{type(handler).__name__}.execute returned {type(result).__name__}")
        except Exception as error:
            logger.exception("%s in %s; request=%s", step, operation, current_request_id())
            return OperationResult.fail(_INTERNAL, step), type(error).__name__
        if not result.success and result.error_code is None:
            return replace(result, error_code=OPERATION_FAILED), None
        return result, None

    def _prepare(self, operation: str, ctx: OperationContext, moment: datetime) -> OperationContext:
        params = {key: value for key, value in ctx.params.items() if not key.startswith("_")}
        call = replace(ctx, params=params, operation=operation, timestamp=moment.isoformat())
        enricher = self._enrichers.get(operation)
        if enricher is None:
            return call
        added = dict(enricher(call))
        replaced = sorted(set(added) & set(params))
        if replaced:
            raise ValueError(f"the enricher of {operation} would replace {', '.join(replaced)}")
        return replace(call, params={**params, **added})

    async def _check_invariants(self, call: OperationContext) -> OperationResult | None:
        return await self._invariants.check(call)

    def _record(
        self,
        operation: str,
        ctx: OperationContext,
        decision: AuthorityDecision,
        moment: datetime,
        duration_ms: float,
        error_code: str | None,
    ) -> None:
        method = ctx.params.get("method")
        record = DispatchRecord(
            dispatched_at=moment,
            operation=operation,
            method=method if isinstance(method, str) else None,
            tenant_id=ctx.tenant_id or None,
            actor_type=ctx.actor_type,
            actor_id=ctx.actor_id or None,
            request_id=current_request_id(),
            success=error_code is None,
            error_code=error_code,
            duration_ms=duration_ms,
            governance_active=self._governance.active,
            authority_allowed=decision.allowed,
            authority_degraded=decision.degraded,
            authority_code=decision.code,
            authority_reason=decision.reason,
        )
        log_dispatch(record)
        self._metrics.operation_ended(
            operation if operation in self._handlers else UNKNOWN,
            error_code=error_code,
            seconds=duration_ms / 1000,
        )
        if self._audit is not None:
            self._audit.enqueue(record)
