from pydantic import BaseModel, Field

from shop.spine.registry import Context, Registry, Result


class Paged(BaseModel):
    limit: int = Field(default=10, ge=1)


class Query(Paged):
    as_of: str | None = None
    page: int = 1


class OneOrder(BaseModel):
    order_id: str
    as_of: str | None = None

    def to_params(self, method: str) -> dict[str, str]:
        return {"method": method} | {k: v for k, v in self.model_dump().items() if v is not None}


async def list_orders(registry: Registry, tenant: str, query: Query) -> Result:
    sent = query.model_dump(exclude={"page"})
    return await registry.execute("orders.query", Context(tenant, {**sent, "method": "list"}))


async def get_order(registry: Registry, tenant: str, query: OneOrder) -> Result:
    return await registry.execute("orders.query", Context(tenant, query.to_params("get")))
