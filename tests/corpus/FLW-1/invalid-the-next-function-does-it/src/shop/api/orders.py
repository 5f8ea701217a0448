from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shop.api.moments import normalise
from shop.spine.registry import Context, Registry

router = APIRouter(prefix="/orders")


@router.get("")
async def list_orders(  #! as-of-end-to-end, as-of-end-to-end
    request: Request, registry: Registry, session: AsyncSession, as_of: datetime | None = None, limit: int = 50
):
    params = {"method": "list", "as_of": as_of, "limit": limit}
    orders = await registry.execute("orders.query", Context(session, request.state.tenant_id, params))
    return {"data": orders, "meta": {"as_of": as_of}}


@router.get("/number")
async def count_orders(
    request: Request, registry: Registry, session: AsyncSession, as_of: datetime | None = None
):
    moment = normalise(as_of)
    params = {"method": "count", "as_of": moment}
    number = await registry.execute("orders.query", Context(session, request.state.tenant_id, params))
    return {"data": number, "meta": {"as_of": moment}}
