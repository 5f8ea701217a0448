from pydantic import BaseModel

from shop.spine.registry import Context, Registry, Result


class OneOrder(BaseModel):
    order_id: str | None = None


async def get_order(registry: Registry, tenant: str, query: OneOrder) -> Result:
    return await registry.execute("orders.query", Context(tenant, query.model_dump(exclude_none=True)))
