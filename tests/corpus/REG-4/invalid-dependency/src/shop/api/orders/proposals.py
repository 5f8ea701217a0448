from fastapi import APIRouter, Depends

from shop.spine.registry import Context, Registry, Result

router = APIRouter()


@router.get("/proposals")
async def proposals(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.query", Context(tenant))


async def enforced(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.activate", Context(tenant))  #! proposals-only-propose


@router.post("/proposals")  #! no-enforcement-behind
async def propose(done: Result = Depends(enforced)) -> Result:
    return done
