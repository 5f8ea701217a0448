# Layer: L2.1 — Facade
# AUDIENCE: CUSTOMER
# Role: Group the routers about the service itself.
# Callers: app.main
# Allowed Imports: L2
# Forbidden Imports: L4, L5, L6, L7
"""Group the routers about the service itself."""

from fastapi import APIRouter

from app.hoc.api.cus.system import health

router = APIRouter()
router.include_router(health.router)
