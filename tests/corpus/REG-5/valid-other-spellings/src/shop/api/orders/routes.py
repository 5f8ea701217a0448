from fastapi import APIRouter

from shop.spine.registry import Context, Registry, Result

PREFIX = "/orders"
router = APIRouter(prefix=PREFIX)


async def _run(registry: Registry, tenant: str, **params) -> Result:
    return await registry.execute("orders.query", Context(tenant, params))


@router.api_route(path="", methods=["GET"])
async def list_orders(registry: Registry, tenant: str, limit: int = 10) -> Result:
    return await _run(registry, tenant, method="list", limit=limit)


async def get_order(registry: Registry, tenant: str, order_id: str) -> Result:
    return await _run(registry, tenant, method="get", order_id=order_id)


router.add_api_route("/{order_id}", get_order, methods=["get"])


@router.get("/ping")
async def ping() -> str:
    return "pong"
