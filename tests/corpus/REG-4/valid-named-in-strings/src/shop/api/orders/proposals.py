from fastapi import APIRouter

from shop.spine.registry import Context, Registry, Result

router = APIRouter()


@router.get("/proposals")
async def proposals(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.query", Context(tenant))


@router.post("/proposals")
async def propose(registry: Registry, tenant: str) -> Result:
    """Never ``registry.execute('orders.activate', ctx)``."""
    # registry.execute("orders.activate", Context(tenant))
    return await registry.execute("orders.query", Context(tenant, {"note": "orders.activate"}))
