from functools import wraps

from fastapi import APIRouter

from shop.spine.registry import Context, Registry, Result

router = APIRouter()


@router.get("/proposals")
async def proposals(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.query", Context(tenant))


def enforcing(endpoint):
    @wraps(endpoint)
    async def wrapper(registry: Registry, tenant: str) -> Result:
        await registry.execute("orders.activate", Context(tenant))  #! proposals-only-propose
        return await endpoint(registry, tenant)

    return wrapper


@router.post("/proposals")  #! no-enforcement-behind
@enforcing
async def propose(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.query", Context(tenant))
