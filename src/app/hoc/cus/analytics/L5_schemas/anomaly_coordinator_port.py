# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What detection needs from above: someone who may speak to another domain.
# Callers: L5 {cost_anomaly_detector_engine, detection_facade}
# Allowed Imports: L5_schemas
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`AnomalyCoordinatorPort`: the engines stay in their domain, L4 implements this one."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.hoc.cus.analytics.L5_schemas.cost_anomaly import DetectionRun


class AnomalyCoordinatorPort(Protocol):
    """Detects anomalies and hands the grave ones to the incidents domain, in one transaction."""

    async def detect_and_ingest(self, tenant_id: str, *, as_of: datetime) -> DetectionRun:
        """Detect, open the incidents, store. When it raises, nothing may be committed."""
        ...
