# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: reads costs
"""Routes."""
from fastapi import APIRouter

router = APIRouter()


@router.get("/costs")
def get_costs():
    return []
