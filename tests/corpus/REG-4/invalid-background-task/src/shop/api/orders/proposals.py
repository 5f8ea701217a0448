from fastapi import APIRouter, BackgroundTasks

from shop.spine.registry import Context, Registry, Result

router = APIRouter()


@router.get("/proposals")
async def proposals(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.query", Context(tenant))


async def _enforce(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.activate", Context(tenant))  #! proposals-only-propose


@router.post("/proposals")  #! no-enforcement-behind
async def propose(registry: Registry, tenant: str, tasks: BackgroundTasks) -> None:
    tasks.add_task(_enforce, registry, tenant)
