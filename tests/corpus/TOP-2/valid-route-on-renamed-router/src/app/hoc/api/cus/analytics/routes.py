# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: reads costs
import fastapi as fa

costs = fa.APIRouter(prefix="/costs")
alias = costs


@alias.post(
    "/",
)
async def add():
    return []
