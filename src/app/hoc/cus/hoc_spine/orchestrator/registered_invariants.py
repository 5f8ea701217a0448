# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: The business invariants of a registry: which there are, and whether a call is refused because of one.
# Callers: spine operation_registry
# Allowed Imports: L4, app.infra
# Forbidden Imports: L2
"""The invariants of one registry, checked before the handler of every call they concern."""

import logging

from app.hoc.cus.hoc_spine.authority.business_invariants import (
    BusinessInvariant,
    InvariantCall,
    InvariantMode,
)
from app.hoc.cus.hoc_spine.orchestrator.operation import OperationContext, OperationResult
from app.infra.metrics import ServiceMetrics
from app.infra.request_id import current_request_id

logger = logging.getLogger(__name__)


class RegisteredInvariants:
    """``mode`` says which violations are refused; with ``shadow_compare`` those that are not are counted."""

    def __init__(self, metrics: ServiceMetrics) -> None:
        self._metrics = metrics
        self._invariants: dict[str, BusinessInvariant] = {}
        self.mode = InvariantMode.STRICT
        self.shadow_compare = False

    @property
    def ids(self) -> list[str]:
        """The ids of the invariants, sorted."""
        return sorted(self._invariants)

    @property
    def operations(self) -> set[str]:
        """The operations they are about."""
        return {invariant.operation for invariant in self._invariants.values()}

    def add(self, invariant: BusinessInvariant) -> None:
        """Check an invariant from now on. Raises ``RuntimeError`` when its id is taken."""
        if invariant.id in self._invariants:
            raise RuntimeError(f"The invariant {invariant.id} is already registered.")
        self._invariants[invariant.id] = invariant

    async def check(self, call: OperationContext) -> OperationResult | None:
        """The refusal of the first violation that the mode enforces, or None; every violation is logged."""
        refused = None
        for invariant in self._invariants.values():
            if not invariant.concerns(call.operation, call.params):
                continue
            violation = await invariant.check(InvariantCall(call.tenant_id, call.params))
            if violation is None:
                continue
            enforced = invariant.enforced_in(self.mode)
            logger.warning(
                "invariant=%s severity=%s operation=%s enforced=%s request=%s",
                invariant.id,
                invariant.severity.value,
                call.operation,
                enforced,
                current_request_id(),
            )
            if enforced:
                refused = refused or OperationResult.fail(violation.message, violation.code)
            elif self.shadow_compare:
                self._metrics.invariant_diverged(call.operation, invariant.id)
        return refused
