from fastapi import APIRouter

from shop.spine.registry import Context, Registry, Result

router = APIRouter()


@router.post("/enforcement")
async def enforce(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.activate", Context(tenant))
