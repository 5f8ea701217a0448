# Layer: L2.1 — Facade
# AUDIENCE: CUSTOMER
# Role: Group the routers of the analytics domain.
# Callers: app.main
# Allowed Imports: L2
# Forbidden Imports: L4, L5, L6, L7
"""Group the routers of the analytics domain."""

from fastapi import APIRouter

from app.hoc.api.cus.analytics import costsim
from app.hoc.api.cus.http.errors import ERROR_RESPONSES

router = APIRouter(responses=ERROR_RESPONSES)
router.include_router(costsim.router)
