from datetime import datetime

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from shop.api.moments import normalise
from shop.spine.registry import Context, Registry

router = APIRouter(prefix="/orders")


class AsOfQuery(BaseModel):
    as_of: datetime | None = Field(default=None)

    def moment(self) -> datetime:
        return normalise(self.as_of)


class OrderQuery(AsOfQuery):
    limit: int = 50


@router.get("")
async def list_orders(
    request: Request, registry: Registry, session: AsyncSession, query: Annotated[OrderQuery, Query()]
):
    moment = query.moment()
    params = query.model_dump(exclude={"as_of"}) | {"method": "list", "as_of": moment}
    orders = await registry.execute("orders.query", Context(session, request.state.tenant_id, params))
    return {"data": orders, "meta": {"as_of": moment}}
