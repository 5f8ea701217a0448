# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: What a business invariant is, and which violations a mode enforces.
# Callers: spine operation_invariants, operation_registry, registered_invariants
# Allowed Imports: none
# Forbidden Imports: L2
"""Business invariants: rules about operations that hold whoever calls them, checked before the handler runs.

They are bound to the names operations are really dispatched by. A violation that is enforced becomes a failed
result with the code of the violation; one that is not is logged. The handler's own guards stay what decides
between calls at the same moment.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class InvariantMode(str, Enum):
    """MONITOR logs violations, ENFORCE refuses critical ones, STRICT refuses all."""

    MONITOR = "monitor"
    ENFORCE = "enforce"
    STRICT = "strict"


class InvariantSeverity(str, Enum):
    """How grave a violation is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"


@dataclass(frozen=True)
class Violation:
    """What is wrong with a call: a result code and a message for the caller."""

    code: str
    message: str


@dataclass(frozen=True)
class InvariantCall:
    """What an invariant may look at."""

    tenant_id: str
    params: Mapping[str, Any]


# Returns the violation, or None where the rule holds. Reads, if it must, on a session of its own.
InvariantCheck = Callable[[InvariantCall], Awaitable[Violation | None]]


@dataclass(frozen=True)
class BusinessInvariant:
    """One rule, for some methods of one operation."""

    id: str
    severity: InvariantSeverity
    operation: str
    methods: frozenset[str]
    check: InvariantCheck

    def concerns(self, operation: str, params: Mapping[str, Any]) -> bool:
        """Whether the rule is about this call."""
        method = params.get("method")
        return operation == self.operation and isinstance(method, str) and method in self.methods

    def enforced_in(self, mode: InvariantMode) -> bool:
        """Whether a violation refuses the call."""
        if mode is InvariantMode.ENFORCE:
            return self.severity is InvariantSeverity.CRITICAL
        return mode is InvariantMode.STRICT
