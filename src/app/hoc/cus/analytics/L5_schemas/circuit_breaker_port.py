# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What cost simulation needs of the circuit breaker that may switch V2 off.
# Callers: L5 sandbox, spine costsim_handler
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`CircuitBreakerPort`: the breaker belongs to the controls domain; L4 passes it in where one is installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class CircuitBreakerPort(Protocol):
    """A breaker that opens when V2 drifts too often."""

    async def is_v2_disabled(self) -> bool:
        """Whether V2 must not run."""
        ...

    async def report_drift(self, drift_score: float, sample_count: int, details: Mapping[str, Any]) -> bool:
        """Count one observation; whether it opened the breaker."""
        ...
