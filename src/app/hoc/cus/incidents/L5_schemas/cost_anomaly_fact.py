# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What the incidents domain is told about a cost anomaly.
# Callers: L5 anomaly_bridge, spine anomaly_incident_coordinator
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`CostAnomalyFact`: a fact from another domain, in this domain's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class CostAnomalyFact:
    """A cost anomaly that was observed. Amounts are exact cents; severity is upper case as observed."""

    tenant_id: str
    anomaly_id: str
    anomaly_type: str
    severity: str
    current_value_cents: Decimal
    expected_value_cents: Decimal
    observed_at: datetime
    entity_type: str | None = None
    entity_id: str | None = None
    deviation_pct: Decimal = Decimal(0)
    confidence: Decimal = Decimal(1)
    metadata: Mapping[str, Any] = field(default_factory=dict)
