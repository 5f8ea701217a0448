from datetime import datetime

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shop.api.moments import normalise
from shop.spine.registry import Context, Registry

router = APIRouter(prefix="/orders")


def given_moment(as_of: Annotated[datetime | None, Query()] = None) -> datetime:
    return normalise(as_of)


Moment = Annotated[datetime, Depends(given_moment)]


@router.get("")
async def list_orders(
    request: Request, registry: Registry, session: AsyncSession, moment: Moment, limit: int = 50
):
    params = {"method": "list", "as_of": moment, "limit": limit}
    orders = await registry.execute("orders.query", Context(session, request.state.tenant_id, params))
    return {"data": orders, "meta": {"as_of": moment}}
