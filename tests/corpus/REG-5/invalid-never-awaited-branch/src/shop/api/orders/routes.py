from fastapi import APIRouter

from shop.spine.registry import Context, Registry, Result

router = APIRouter(prefix="/orders")


@router.get("")  #! route-map, route-map
async def list_orders(tenant: str, limit: int = 10) -> list[str]:
    """Served by registry.execute("orders.query", ctx)."""
    return [tenant, str(limit)]


@router.get("/{order_id}")
async def get_order(registry: Registry, tenant: str, order_id: str) -> Result:
    return await registry.execute(
        "orders.query", Context(tenant, params={"method": "get", "order_id": order_id})
    )


@router.get("/ping")
async def ping() -> str:
    return "pong"
