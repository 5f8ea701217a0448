from pydantic import BaseModel

from shop.spine.registry import Context, Registry, Result


class OneOrder(BaseModel):
    order_id: str | None = None


async def get_order(registry: Registry, tenant: str, query: OneOrder) -> Result:
    sent = query.model_dump(exclude_none=True)
    return await registry.execute("orders.query", Context(tenant, {"method": "get", **sent}))  #? arrives
