# Layer: L2.1 — Facade
# AUDIENCE: CUSTOMER
# Role: Group the routers of the incidents domain.
# Callers: app.main
# Allowed Imports: L2
# Forbidden Imports: L4, L5, L6, L7
"""Group the routers of the incidents domain."""

from fastapi import APIRouter

from app.hoc.api.cus.http.errors import ERROR_RESPONSES
from app.hoc.api.cus.incidents import (
    incident_exports,
    incident_read_details,
    incident_reads,
    incident_statistics,
    lifecycle,
    postmortems,
    public_incidents,
    suppression,
)

router = APIRouter(responses=ERROR_RESPONSES)
router.include_router(incident_reads.router)
router.include_router(public_incidents.router)
router.include_router(incident_statistics.router)
router.include_router(incident_exports.router)
router.include_router(lifecycle.router)
router.include_router(suppression.router)
router.include_router(postmortems.router)
# Last: its /incidents/{incident_id} would take the words above for ids.
router.include_router(incident_read_details.router)
