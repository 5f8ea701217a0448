# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: The database as cost anomaly detection sees it: figures of spending, and what detection remembers.
# Callers: L5_engines, spine anomaly_incident_coordinator
# Allowed Imports: L6, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: none
# Writes: none
"""Cost anomaly driver on a synchronous session; L4 runs it inside ``AsyncSession.run_sync``."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.hoc.cus.analytics.L6_drivers.cost_detection_memory import CostDetectionMemory
from app.hoc.cus.analytics.L6_drivers.cost_spending_figures import CostSpendingFigures


class CostAnomalyDriver(CostSpendingFigures, CostDetectionMemory):
    """Figures and memory in one, on one session: the interface detectors are written against."""

    def __init__(self, session: Session) -> None:
        CostSpendingFigures.__init__(self, session)
        CostDetectionMemory.__init__(self, session)


def get_cost_anomaly_driver(session: Session) -> CostAnomalyDriver:
    """Return a driver on ``session``."""
    return CostAnomalyDriver(session)


__all__ = ["CostAnomalyDriver", "get_cost_anomaly_driver"]
