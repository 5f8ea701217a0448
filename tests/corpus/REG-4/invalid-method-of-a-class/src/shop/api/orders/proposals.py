from fastapi import APIRouter

from shop.api.orders.desk import Desk
from shop.spine.registry import Context, Registry, Result

router = APIRouter()


@router.get("/proposals")
async def proposals(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.query", Context(tenant))


@router.post("/proposals")  #! no-enforcement-behind
async def propose(registry: Registry, tenant: str) -> Result:
    desk = Desk(registry)
    return await desk.accept(tenant)
