# Layer: L2.1 — Facade
# AUDIENCE: CUSTOMER
# Role: Group the routers of the analytics domain.
# Callers: app.main
# Allowed Imports: L2
# Forbidden Imports: L4, L5, L6, L7
"""Group the routers of the analytics domain."""

from fastapi import APIRouter

from app.hoc.api.cus.analytics import (
    artifacts,
    cost,
    cost_anomalies,
    cost_metering,
    costsim,
    datasets,
    detection,
    feedback,
    predictions,
    provenance,
    public_statistics,
    signals,
    simulation,
    statistics,
)
from app.hoc.api.cus.http.errors import ERROR_RESPONSES

router = APIRouter(responses=ERROR_RESPONSES)
router.include_router(costsim.router)
router.include_router(simulation.router)
router.include_router(datasets.router)
router.include_router(provenance.router)
router.include_router(artifacts.router)
router.include_router(statistics.router)
router.include_router(public_statistics.router)
router.include_router(signals.router)
router.include_router(cost_metering.router)
router.include_router(cost.router)
router.include_router(cost_anomalies.router)
router.include_router(detection.router)
router.include_router(feedback.router)
router.include_router(predictions.router)
