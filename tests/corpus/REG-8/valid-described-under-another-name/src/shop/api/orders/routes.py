from fastapi import APIRouter

from shop.spine.registry import Context, Registry, Result

router = APIRouter(prefix="/orders")


@router.get("")
async def list_orders(registry: Registry, tenant: str) -> Result:
    return await registry.execute("orders.query", Context(tenant))


@router.get("/{order_id}")
async def get_order(registry: Registry, tenant: str, order_id: str) -> Result:
    return await registry.execute(
        "orders.query", Context(tenant, params={"method": "get", "order_id": order_id})
    )
