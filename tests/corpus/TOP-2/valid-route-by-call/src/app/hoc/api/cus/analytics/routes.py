# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: reads costs
from fastapi import APIRouter

r = APIRouter()


def get_costs():
    return []


r.add_api_route("/costs", get_costs)
