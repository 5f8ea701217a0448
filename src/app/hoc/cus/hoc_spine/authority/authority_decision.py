# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: What authority says about a dispatch: allowed or not, degraded or not, and why.
# Callers: spine governance, operation_registry
# Allowed Imports: none
# Forbidden Imports: L2
"""Decisions of authority, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

ALLOWED = "ALLOWED"
ALLOWED_DEGRADED = "ALLOWED_DEGRADED"
DENIED = "DENIED"


@dataclass(frozen=True)
class AuthorityDecision:
    """One decision. ``conditions`` name what made an allowed one degraded."""

    allowed: bool
    reason: str
    degraded: bool = False
    code: str = ALLOWED
    conditions: tuple[str, ...] = ()

    @classmethod
    def allow(cls, reason: str) -> AuthorityDecision:
        """Allowed without reservation."""
        return cls(allowed=True, reason=reason)

    @classmethod
    def allow_degraded(cls, reason: str, condition: str) -> AuthorityDecision:
        """Allowed under a condition that ought not to last."""
        return cls(allowed=True, reason=reason, degraded=True, code=ALLOWED_DEGRADED, conditions=(condition,))

    @classmethod
    def deny(cls, reason: str, code: str = DENIED) -> AuthorityDecision:
        """Not allowed."""
        return cls(allowed=False, reason=reason, code=code)

    @classmethod
    def combine(cls, decisions: Iterable[AuthorityDecision]) -> AuthorityDecision:
        """The first denial, else allowed: degraded if any is, with all conditions and the degraded reasons."""
        given = list(decisions)
        for decision in given:
            if not decision.allowed:
                return decision
        degraded = [decision for decision in given if decision.degraded]
        if degraded:
            return cls(
                allowed=True,
                reason="; ".join(decision.reason for decision in degraded),
                degraded=True,
                code=ALLOWED_DEGRADED,
                conditions=tuple(name for decision in degraded for name in decision.conditions),
            )
        return given[0] if given else cls.allow("nothing to decide")

    def with_condition(self, condition: str) -> AuthorityDecision:
        """The same decision under one more condition."""
        return replace(self, conditions=(*self.conditions, condition))

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "allowed": self.allowed,
            "reason": self.reason,
            "degraded": self.degraded,
            "code": self.code,
            "conditions": list(self.conditions),
        }
