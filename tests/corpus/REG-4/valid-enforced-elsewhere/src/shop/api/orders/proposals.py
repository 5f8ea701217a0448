from fastapi import APIRouter

from shop.spine.registry import Context, Registry, Result

router = APIRouter()


@router.get("/proposals")
async def proposals(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.query", Context(tenant))
