from fastapi import APIRouter

from shop.spine.registry import Context, Registry, Result

router = APIRouter()


@router.get("")
async def list_orders(registry: Registry, tenant: str, limit: int = 10) -> Result:
    return await registry.execute("orders.query", Context(tenant, {"method": "list", "limit": limit}))


@router.get("/{order_id}")
async def get_order(registry: Registry, tenant: str, order_id: str) -> Result:
    return await registry.execute(
        "orders.query", Context(tenant, params={"method": "get", "order_id": order_id})
    )


@router.get("/ping")
async def ping() -> str:
    return "pong"
