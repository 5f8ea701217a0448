from fastapi import APIRouter

from shop.spine.registry import Context, Registry, Result

router = APIRouter(prefix="/admin")


@router.get("/orders")  #! route-map, route-map
async def list_all(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.query", Context(tenant, {"method": "list"}))
