from datetime import datetime

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shop.api.moments import normalise
from shop.spine.registry import Context, Registry

router = APIRouter(prefix="/orders")


class OrderQuery(BaseModel):
    as_of: datetime | None = None
    limit: int = 50


def strict_query(request: Request) -> OrderQuery:
    return OrderQuery.model_validate(dict(request.query_params))


@router.get("")
async def list_orders(
    request: Request, registry: Registry, session: AsyncSession, query: Annotated[OrderQuery, Depends(strict_query)]
):
    moment = normalise(query.as_of)
    params = {"method": "list", "as_of": moment, "limit": query.limit}
    orders = await registry.execute("orders.query", Context(session, request.state.tenant_id, params))
    return {"data": orders, "meta": {"as_of": moment}}
